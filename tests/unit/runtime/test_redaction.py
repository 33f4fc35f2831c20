"""A sealed field shows its key and its length, a secret in clear shows nothing."""

import json

import pytest

from tenantlink_contracts import names
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_runtime import keys
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.redaction import (
    text_without_secrets,
    without_seals,
    without_secrets,
)
from tenantlink_runtime.sealing import PublicKeys, SealContext


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("keys")
    keys.generate(folder)
    context = SealContext(CredentialsSubmitted, new_id(), 1)
    public = PublicKeys.load(folder / "public.jwks.json")
    return public.seal("hunter2", names.CREDENTIAL_VALIDATOR, context)


def test_a_sealed_field_is_replaced_by_its_key_and_its_length_wherever_it_stands(
    sealed: str,
) -> None:
    shown = without_seals({"credential": {"sealed": sealed}, "all": [sealed, "open"]})
    (replaced, kept) = shown["all"]
    assert replaced["key"].startswith("credential-validator.")
    assert replaced["length"] == len(sealed)
    assert shown["credential"]["sealed"] == replaced
    assert kept == "open"


def test_a_secret_that_somebody_forgot_to_seal_is_hidden_by_its_name() -> None:
    shown = without_secrets(
        {"client_secret": "hunter2", "tokens": ["hunter2"], "email": "admin@contoso.example"}
    )
    assert shown["client_secret"] == {"hidden": "not sealed", "length": 7}
    assert "hunter2" not in json.dumps(shown)
    assert shown["email"] == "admin@contoso.example"


def test_what_is_no_text_stays_under_a_secrets_name() -> None:
    value = {"secret": {"hint": "abc", "days": 30, "known": True}, "link": None}
    assert without_secrets(value) == value


def test_a_sealed_text_inside_another_text_is_replaced_too(sealed: str) -> None:
    shown = without_secrets({"note": f"got {sealed}."})["note"]
    assert sealed not in shown
    assert shown.startswith("got <sealed to credential-validator.")
    assert f"{len(sealed)} characters>" in shown


def test_five_parts_that_only_look_sealed_are_replaced_in_a_text_without_a_key() -> None:
    assert text_without_secrets(f"{'x' * 20}.a.b.c.d") == "<sealed, 28 characters>"


@pytest.mark.parametrize("text", ["1.2.3.4.5", "a.b.c", "", "ä.b.c.d.e", "W10.b.c.d.e"])
def test_a_text_with_dots_is_no_sealed_field(text: str) -> None:
    assert without_secrets({"version": text}) == {"version": text}
