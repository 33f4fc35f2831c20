"""Real msal and the real reads from Graph, against the simulator over TLS."""

from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from credential_validator.adapters import permissions_toml
from credential_validator.adapters.entra_msal import EntraMsal
from credential_validator.adapters.graph import GraphReader
from credential_validator.adapters.http import MicrosoftSession
from credential_validator.app.ports import Refused, Registration
from credential_validator.app.prove import Prover
from credential_validator.bootstrap import build_prover
from credential_validator.domain.checks import Checks
from tenantlink_contracts.values import ExpirySource, Verdict
from tenantlink_local.certificates import Certificates
from tenantlink_local.entra.directory import App, Directory, Secret
from tenantlink_runtime.clock import utc_now
from tests.integration.credential_validator.conftest import Settings
from tests.support.ports import free_port

CONTOSO, FABRIKAM, *_ = Directory.load().tenant
NOBODY = UUID("3f2c1a10-0000-4000-8000-00000000dead")


def an_app(name: str, directory: Directory | None = None) -> App:
    tenant = directory.tenant[0] if directory else CONTOSO
    return next(app for app in tenant.app if app.name == name)


RIGHT = an_app("Tenantlink access")


def entered(app: App = RIGHT, **changes: object) -> Registration:
    values = {
        "tenant": str(CONTOSO.id),
        "client_id": app.client_id,
        "secret": app.secrets[0].value,
    }
    return Registration(**{**values, **changes})  # type: ignore[arg-type]


def accepted(prover: Prover, registration: Registration) -> Verdict:
    verdict = prover.prove(registration, utc_now(), Checks())
    assert isinstance(verdict, Verdict), verdict
    return verdict


def refused(prover: Prover, registration: Registration) -> Refused:
    answer = prover.prove(registration, utc_now(), Checks())
    assert isinstance(answer, Refused), answer
    return answer


@pytest.mark.parametrize("tenant", [str(CONTOSO.id), "contoso.example"])
def test_a_right_registration_is_accepted_and_its_tenant_named(prover: Prover, tenant: str) -> None:
    verdict = accepted(prover, entered(tenant=tenant))
    assert verdict.tenant.id == CONTOSO.id
    assert (verdict.tenant.name, list(verdict.tenant.domains)) == (CONTOSO.name, CONTOSO.domains)
    assert (verdict.application.client_id, verdict.application.name) == (
        RIGHT.client_id,
        "Tenantlink access",
    )
    assert verdict.permissions.granted == ("Application.Read.All", "Organization.Read.All")
    assert verdict.permissions.missing == verdict.permissions.excess == ()


def test_the_end_of_the_secret_is_found_by_its_hint(prover: Prover) -> None:
    secret = accepted(prover, entered()).secret
    assert secret.hint == "Ap6"
    assert secret.expires_at is not None
    left = secret.expires_at - utc_now()
    assert timedelta(days=180) < left < timedelta(days=180, hours=1)
    assert secret.expiry_source is ExpirySource.GRAPH


def test_of_two_secrets_with_one_hint_the_earlier_end_is_told(prover: Prover) -> None:
    verdict = accepted(prover, entered(an_app("Two secrets with one hint")))
    assert verdict.secret.expires_at is not None
    assert (verdict.secret.expires_at - utc_now()).days == 30
    assert verdict.secret.expiry_source is ExpirySource.GRAPH_AMBIGUOUS
    assert verdict.permissions.excess == ("User.Read.All",)
    assert verdict.warnings == ("permissions_excess",)


def test_without_the_permission_the_end_is_unknown_and_the_permission_named(prover: Prover) -> None:
    verdict = accepted(prover, entered(an_app("May not read applications")))
    assert verdict.secret.expires_at is None
    assert verdict.secret.expiry_source is ExpirySource.UNKNOWN
    assert verdict.secret.needs_permission == "Application.Read.All"
    assert verdict.permissions.granted == ("Organization.Read.All",)
    assert verdict.permissions.missing == ("Application.Read.All",)


@pytest.mark.parametrize(
    ("registration", "code", "field", "number"),
    [
        (entered(secret="Ap6~a-wrong-secret"), "secret_wrong", "secret", 7000215),
        (entered(client_id=NOBODY), "app_not_found", "client_id", 700016),
        (entered(tenant=str(FABRIKAM.id)), "app_not_found", "client_id", 700016),
        (entered(tenant=str(NOBODY)), "tenant_not_found", "tenant", 90002),
        (entered(tenant="nobody.example"), "tenant_not_found", "tenant", 90002),
        (entered(an_app("Secret has ended")), "secret_expired", "secret", 7000222),
        (
            entered(an_app("Without a service principal")),
            "no_service_principal",
            "client_id",
            7000229,
        ),
    ],
    ids=["secret", "client id", "other tenant", "no tenant", "no domain", "ended", "no principal"],
)
def test_each_wrong_value_gives_its_own_problem(
    prover: Prover, registration: Registration, code: str, field: str, number: int
) -> None:
    problem = refused(prover, registration).problem
    assert (problem.code, problem.field, problem.support.aadsts) == (code, field, number)
    assert not problem.passing
    assert problem.support.correlation_id is not None
    assert problem.support.trace_id is not None
    assert problem.support.time is not None


def test_a_tenant_whose_name_may_not_be_read_is_a_missing_permission(prover: Prover) -> None:
    problem = refused(prover, entered(an_app("May not read the organisation"))).problem
    assert problem.code == "permissions_missing"
    assert "Organization.Read.All" in problem.title
    assert not problem.passing


@pytest.mark.parametrize(
    ("name", "number"), [("Throttled", 90055), ("Unavailable", 90033), ("Graph is throttled", None)]
)
def test_a_busy_microsoft_is_a_problem_that_passes_and_says_when(
    prover: Prover, name: str, number: int | None
) -> None:
    answer = refused(prover, entered(an_app(name)))
    assert (answer.problem.code, answer.problem.passing) == ("microsoft_busy", True)
    assert answer.problem.support.aadsts == number
    assert answer.retry_after == 2.0


def test_what_was_throttled_once_is_accepted_at_the_next_try(prover: Prover) -> None:
    registration = entered(an_app("Throttled once, then right"))
    assert refused(prover, registration).problem.passing
    accepted(prover, registration)


def test_a_revoked_secret_is_refused_at_the_next_validation(
    prover: Prover, directory: Directory
) -> None:
    accepted(prover, entered())
    another = Secret(value="New~another-secret-0123456789", ends_in_days=90)
    an_app("Tenantlink access", directory).secrets[:] = [another]
    assert refused(prover, entered()).problem.code == "secret_wrong"
    accepted(prover, entered(secret=another.value))


def test_a_refusal_is_not_remembered_once_the_secret_is_right(
    prover: Prover, directory: Directory
) -> None:
    app = an_app("Tenantlink access", directory)
    right, app.secrets[:] = list(app.secrets), []
    assert refused(prover, entered()).problem.code == "secret_wrong"
    app.secrets[:] = right
    accepted(prover, entered())


def test_a_slow_microsoft_is_a_problem_that_passes(entra: str, tls: Certificates) -> None:
    session = partial(MicrosoftSession, tls.ca, None, read_seconds=0.2)
    prover = Prover(EntraMsal(entra, entra, session), GraphReader(entra, session), ())
    problem = refused(prover, entered(an_app("Slow"))).problem
    assert (problem.code, problem.passing) == ("microsoft_unreachable", True)


def test_a_microsoft_that_is_away_is_a_problem_that_passes(settings: Settings) -> None:
    prover = build_prover(settings(f"https://127.0.0.1:{free_port()}"))
    problem = refused(prover, entered()).problem
    assert (problem.code, problem.passing) == ("microsoft_unreachable", True)


def test_a_microsoft_with_a_certificate_of_another_ca_gets_no_secret(
    settings: Settings, entra: str
) -> None:
    prover = build_prover(settings(entra, tls_ca_file=None))
    assert refused(prover, entered()).problem.code == "microsoft_unreachable"


def test_proxies_and_ca_files_of_the_environment_are_ignored(
    prover: Prover, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTPS_PROXY", "https_proxy", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/nowhere/ca.pem")
    accepted(prover, entered())


def test_the_proxy_of_the_settings_is_used(settings: Settings, entra: str) -> None:
    prover = build_prover(settings(entra, proxy_url=f"http://127.0.0.1:{free_port()}"))
    assert refused(prover, entered()).problem.code == "microsoft_unreachable"


def test_the_permissions_that_are_compared_are_those_of_the_file(prover: Prover) -> None:
    assert prover.wanted == permissions_toml.load()
