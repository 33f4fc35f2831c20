"""What is wrong with what somebody typed, before anybody is asked."""

import re
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from invitation.domain.registration import MAX_SECRET, Fault, Registration, parse
from tests.support.events import CLIENT, TENANT
from tests.support.invitation_builders import SECRET

GUIDS = st.uuids().map(str)
HOSTILE = st.text() | st.text("-0123456789abcdefABCDEF\u017fK.\x00 \u200b\u202e", max_size=80)


def typed(tenant: str = TENANT, client_id: str = CLIENT, secret: str = SECRET) -> dict[str, str]:
    """The faults by field, of input that is right except for what a test names."""
    answer = parse(tenant, client_id, secret)
    if isinstance(answer, Registration):
        return {}
    return {fault.field: fault.message for fault in answer}


def test_three_right_values_are_a_registration() -> None:
    assert parse(TENANT, CLIENT, SECRET) == Registration(TENANT, UUID(CLIENT), SECRET)


@pytest.mark.parametrize(
    "tenant", ["contoso.onmicrosoft.com", "Contoso.Example", "xn--bcher-kva.example", "a.xn--p1ai"]
)
def test_a_domain_of_the_tenant_does_as_well_as_its_id(tenant: str) -> None:
    assert parse(tenant, CLIENT, SECRET) == Registration(tenant.lower(), UUID(CLIENT), SECRET)


@pytest.mark.parametrize("blank", [" ", "\t", "\r\n", "\u00a0", "\u200b", "\ufeff", " \u200b "])
def test_blanks_round_a_value_are_no_fault_even_those_that_nobody_sees(blank: str) -> None:
    padded = (f"{blank}{value}{blank}" for value in (TENANT, CLIENT, SECRET))
    assert parse(*padded) == Registration(TENANT, UUID(CLIENT), SECRET)


def test_an_id_may_stand_in_braces() -> None:
    found = parse(f"{{{TENANT}}}", f"{{{CLIENT}}}", SECRET)
    assert found == Registration(TENANT, UUID(CLIENT), SECRET)


@pytest.mark.parametrize(
    "tenant",
    [
        "contoso", "common", "organizations", "https://contoso.example", "contoso.example/oauth2",
        "contoso..example", "-a.example", "a@contoso.example", "10.0.0.1", "localhost:8080",
        "conto\u017fo.example", "a.\u212aom", "x" * 250 + ".com", TENANT[:-1],
    ],
)  # fmt: skip
def test_what_is_neither_an_id_nor_a_domain_is_no_tenant(tenant: str) -> None:
    assert list(typed(tenant=tenant)) == ["tenant"]


@pytest.mark.parametrize("client_id", ["contoso.example", CLIENT[:-1], CLIENT + "0", "0" * 32])
def test_a_client_id_is_a_guid(client_id: str) -> None:
    assert list(typed(client_id=client_id)) == ["client_id"]


def test_the_same_id_in_both_fields_is_named() -> None:
    assert "tenant ID once more" in typed(client_id=TENANT.upper())["client_id"]


@given(GUIDS)
def test_a_guid_in_the_secret_field_is_named_as_the_secret_id(guid: str) -> None:
    assert "This is the Secret ID" in typed(secret=guid)["secret"]
    assert "This is the Secret ID" in typed(secret=f" {guid.upper()}\n")["secret"]
    assert "This is the Secret ID" in typed(secret=f"{{{guid}}}")["secret"]


@pytest.mark.parametrize("secret", ["two words", "caf\u00e9", "line\nline", "x" * (MAX_SECRET + 1)])
def test_what_entra_would_never_make_is_no_secret(secret: str) -> None:
    assert list(typed(secret=secret)) == ["secret"]


def test_all_faults_are_told_at_once() -> None:
    assert list(typed("", "", "")) == ["tenant", "client_id", "secret"]


@given(HOSTILE, HOSTILE, HOSTILE)
def test_hostile_input_is_refused_or_comes_out_in_a_form_that_is_safe_to_ask_with(
    tenant: str, client_id: str, secret: str
) -> None:
    answer = parse(tenant, client_id, secret)
    if isinstance(answer, Registration):
        assert re.fullmatch(r"[a-z0-9][a-z0-9.-]+", answer.tenant)
        assert answer.secret.isascii()
        assert answer.secret.isprintable()


@given(HOSTILE)
def test_no_hostile_tenant_can_change_the_address_that_is_asked(text: str) -> None:
    answer = parse(text, CLIENT, SECRET)
    if isinstance(answer, Registration):
        assert re.fullmatch(r"[a-z0-9-]+(\.[a-z0-9-]+)*", answer.tenant)
        assert len(answer.tenant) <= 253


@given(HOSTILE)
def test_no_fault_repeats_what_was_typed_as_secret(secret: str) -> None:
    answer = parse("", "", f"{secret} {SECRET}")
    assert isinstance(answer, tuple)
    assert all(isinstance(fault, Fault) and SECRET not in fault.message for fault in answer)


def test_a_registration_in_a_log_shows_no_secret() -> None:
    assert SECRET not in repr(parse(TENANT, CLIENT, SECRET))
