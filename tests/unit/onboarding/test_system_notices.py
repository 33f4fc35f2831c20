"""Who is told of an upstream system's orders: from the environment to the mails' recipients."""

import re
from pathlib import Path

import pytest
from pydantic import SecretStr, ValidationError

from onboarding.bootstrap import build_consequences
from onboarding.domain.registers import NoticeSettings
from onboarding.settings import OnboardingSettings
from tenantlink_contracts.onboarding import NoticeKind
from tests.support.onboarding_builders import an_order

ROOT = Path(__file__).parents[3]


def settings(system_notices: str, monkeypatch: pytest.MonkeyPatch) -> OnboardingSettings:
    monkeypatch.setenv("ONBOARDING_SYSTEM_NOTICES", system_notices)
    unread = Path("/nonexistent")
    return OnboardingSettings(
        database_url=SecretStr("unused"),
        public_keys_file=unread,
        public_url="https://console.example",
        session_key_file=unread,
        oidc_issuer="https://operators.example",
        oidc_client_id="console",
        oidc_client_secret_file=unread,
    )


def test_the_readmes_example_sets_who_is_told_of_that_systems_orders_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    readme = (ROOT / "services/onboarding/README.md").read_text()
    example = re.search(r"ONBOARDING_SYSTEM_NOTICES='(.+)'", readme)
    assert example
    telling = build_consequences(settings(example[1], monkeypatch)).telling
    assert telling.settings(an_order(system="crm")) == NoticeSettings(
        operators=("crm-team@provider.example",), orderer=False, muted=(NoticeKind.RECEIPT,)
    )
    assert telling.settings(an_order(system="erp")) == NoticeSettings()


@pytest.mark.parametrize(
    "wrong", ['{"crm": {"muted": ["no_such_kind"]}}', '{"crm": {"operators": "crm@x.example"}}']
)
def test_a_setting_that_means_nothing_stops_the_start_and_is_named(
    wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValidationError, match=r"system_notices\.crm"):
        settings(wrong, monkeypatch)
