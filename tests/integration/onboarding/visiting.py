"""Browsers at onboarding's console, as operators of each role have them."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from flask.testing import FlaskClient
from pydantic import SecretStr

from onboarding.adapters.addresses import is_address
from onboarding.adapters.sealed import SealedLinks, SealedSecrets
from onboarding.app.create_service import IMMEDIATE, Provisioning
from onboarding.app.hand_over import HandOver
from onboarding.domain.deadlines import Deadlines
from onboarding.domain.operator import Role
from onboarding.entrypoints.console import Console, create_console
from onboarding.settings import OnboardingSettings
from tenantlink_runtime import keys
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.sealing import PrivateKeys, PublicKeys
from tests.support.onboarding_builders import an_operator

if TYPE_CHECKING:
    from tests.integration.onboarding.conftest import Office

Visit = Callable[..., "Visitor"]


class Visitor:
    """One operator's browser: follows redirects and sends the form's token."""

    def __init__(self, client: FlaskClient, name: str, role: Role) -> None:
        self._client = client
        operator = an_operator(subject=f"id-of-{name}", name=name, role=role)
        with client.session_transaction() as session:
            session["operator"] = {
                "subject": operator.subject,
                "name": operator.name,
                "email": operator.email,
                "role": operator.role.value,
            }

    def get(self, path: str) -> str:
        answer = self._client.get(path, follow_redirects=True)
        assert answer.status_code == 200, (path, answer.status_code)
        return answer.text

    def post(self, path: str, status: int = 200, **data: str) -> str:
        token = re.search(r'name="csrf_token" value="([^"]+)"', self.get("/services"))
        assert token
        form = {"csrf_token": token[1], **data}
        answer = self._client.post(path, data=form, follow_redirects=True)
        assert answer.status_code == status, (path, answer.status_code)
        return answer.text


@pytest.fixture
def provisioning() -> Provisioning:
    """Who creates services; a test that wants another one overrides it."""
    return IMMEDIATE


@pytest.fixture
def visit(office: "Office", provisioning: Provisioning, tmp_path: Path) -> Visit:
    """Opens a browser at the console."""
    key = tmp_path / "key"
    key.write_text("a key for tests, long enough to sign with")
    settings = OnboardingSettings(
        database_url=SecretStr("unused"),
        public_keys_file=key,
        public_url="http://console.example",
        session_key_file=key,
        oidc_issuer="https://operators.example",
        oidc_client_id="console",
        oidc_client_secret_file=key,
        secure_cookies=False,
    )
    keys.generate(tmp_path / "keys")
    public, private = (
        tmp_path / "keys" / name for name in ("public.jwks.json", "onboarding.sealing.jwks.json")
    )
    console = Console(
        office.desk,
        office.orders,
        office.onboardings,
        office.customers,
        utc_now,
        HandOver(office.desk, SealedLinks(PrivateKeys.load(private))),
        SealedSecrets(PublicKeys.load(public)),
        is_address,
        Deadlines(),
        provisioning,
        "sbc.example",
    )
    app = create_console(settings, console)

    def open_as(name: str = "Olivia", role: Role = Role.OPERATOR) -> Visitor:
        return Visitor(app.test_client(), name, role)

    return open_as
