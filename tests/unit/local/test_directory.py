"""The simulator's tenants cover what the product has to tell apart."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import get_args

import pytest
from pydantic import ValidationError

from tenantlink_local.entra.aadsts import KNOWN
from tenantlink_local.entra.behaviour import Behaviour
from tenantlink_local.entra.directory import Directory, Mood
from tenantlink_local.entra.graph import ROLE_IDS

DIRECTORY = Directory.load()
APPS = [app for tenant in DIRECTORY.tenant for app in tenant.app]


def test_a_tenant_is_found_by_id_and_by_domain_in_any_case() -> None:
    contoso = DIRECTORY.find_tenant("contoso.EXAMPLE")
    assert contoso is not None
    assert DIRECTORY.find_tenant(str(contoso.id).upper()) is contoso
    assert DIRECTORY.find_tenant("nobody.example") is None


def test_a_registration_belongs_to_its_own_tenant_alone() -> None:
    contoso, fabrikam, *_ = DIRECTORY.tenant
    client_id = str(contoso.app[0].client_id)
    assert contoso.find_app(client_id.upper()) is contoso.app[0]
    assert fabrikam.find_app(client_id) is None


def test_the_right_secret_ends_in_180_whole_days() -> None:
    left = DIRECTORY.tenant[0].app[0].secrets[0].ends_at - datetime.now(UTC)
    assert left // timedelta(days=1) == 180


def test_there_is_a_registration_for_every_case() -> None:
    assert any(app.secrets[0].ends_in_days < 0 for app in APPS)
    assert any(app.roles == ["Organization.Read.All"] for app in APPS)
    assert any(app.roles == ["Application.Read.All"] for app in APPS)
    assert any(len({each.hint for each in app.secrets}) < len(app.secrets) for app in APPS)
    assert any(not secret.has_hint for app in APPS for secret in app.secrets)
    assert {app.token for app in APPS} == set(get_args(Mood))
    assert {app.graph for app in APPS} == set(get_args(Mood)) - {"refused"}
    assert any(not app.service_principal for app in APPS)
    assert any(not app.registered_here for app in APPS)
    assert any(app.delay_seconds for app in APPS)
    assert any(tenant.error for tenant in DIRECTORY.tenant)


def test_every_number_of_entras_has_a_registration_whose_client_id_ends_in_it() -> None:
    (litware,) = (tenant for tenant in DIRECTORY.tenant if tenant.every_error)
    assert {app.error for app in litware.app} == set(KNOWN)
    assert all(str(app.client_id).endswith(str(app.error)) for app in litware.app)


def test_every_registration_tells_people_what_happens() -> None:
    assert all(app.tells.endswith(".") for app in APPS)


def test_no_client_id_and_no_secret_occurs_twice() -> None:
    ids = [app.client_id for app in APPS]
    values = [secret.value for app in APPS for secret in app.secrets]
    assert (len(set(ids)), len(set(values))) == (len(ids), len(values))


def test_every_permission_has_its_graph_id() -> None:
    assert {role for app in APPS for role in app.roles} <= ROLE_IDS.keys()


def test_operators_have_one_each_of_the_three_roles() -> None:
    roles = [role for operator in DIRECTORY.operator for role in operator.roles]
    assert sorted(roles) == ["administrator", "operator", "viewer"]


def test_a_misspelt_knob_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "directory.toml"
    path.write_text(
        'operator = []\n[[tenant]]\nid = "3f2c1a10-0000-4000-8000-00000000c001"\n'
        'name = "Contoso"\ndomains = []\napp = []\ntrottled = true\n'
    )
    with pytest.raises(ValidationError, match="trottled"):
        Directory.load(path)


def test_a_registration_misbehaves_as_often_as_it_says_and_then_no_more() -> None:
    app = next(app for app in APPS if app.times == 1)
    behaviour = Behaviour()
    assert [behaviour.now(app, app.token) for _ in range(3)] == ["throttled", "normal", "normal"]
    behaviour.forget()
    assert behaviour.now(app, app.token) == "throttled"
