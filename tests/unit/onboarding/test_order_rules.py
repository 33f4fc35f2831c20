"""The rules of an order: every breach has its own code, and all are found at once."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.adapters.addresses import is_address
from onboarding.domain.order import FORBIDDEN, Order, dns_label, dns_warning, parse
from tests.support.onboarding_builders import a_raw_order

RESERVED = ("audit",)


def codes(**changes: object) -> set[str]:
    """The codes of the rules that an order breaks."""
    answer = parse(a_raw_order(**changes), RESERVED, is_address)
    return set() if isinstance(answer, Order) else {breach.code for breach in answer}


def test_an_order_that_keeps_all_rules_is_an_order() -> None:
    order = parse(a_raw_order(full_name=" "), RESERVED, is_address)
    assert isinstance(order, Order)
    assert order.licensed_users == 50
    assert order.full_name == "contoso"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("ab", "short_name_length"),
        ("a" * 16, "short_name_length"),
        ("", "short_name_length"),
        *[(f"ab{character}", "short_name_forbidden") for character in FORBIDDEN],
        ("a.b", "short_name_dot"),
        ("a b", "short_name_blank"),
        ("a\tb", "short_name_blank"),
        ("a\u00a0b", "short_name_blank"),
        ("a\u2003b", "short_name_blank"),
        ("m\u00fcller", "short_name_character"),
        ("abc\u202e", "short_name_character"),
        ("abc\x00", "short_name_character"),
        ("audit", "short_name_reserved"),
        ("myAUDITor", "short_name_reserved"),
        ("---", "short_name_no_label"),
    ],
)
def test_every_broken_rule_of_the_short_name_has_its_code(name: str, code: str) -> None:
    assert code in codes(short_name=name)


@pytest.mark.parametrize("name", ["abc", "ABC", "a_b!c#1", "123", "contoso-voice-1", "{{7-7}}"])
def test_letters_numbers_and_special_characters_are_allowed(name: str) -> None:
    assert codes(short_name=name) == set()


@pytest.mark.parametrize("users", ["0", "501", "-1", "1.5", "", "many", "9" * 30, "\u0661"])
def test_licensed_users_are_1_to_500(users: str) -> None:
    assert codes(licensed_users=users) == {"licensed_users_range"}


@pytest.mark.parametrize("users", ["1", "500"])
def test_both_ends_of_the_licensed_users_are_allowed(users: str) -> None:
    assert codes(licensed_users=users) == set()


@pytest.mark.parametrize(
    "email",
    [
        "a@x.example, b@y.example",
        "Admin <a@x.example>",
        "a@x.example\r\nBcc: b@y.example",
        "a@@x.example",
        "a b@x.example",
        "@x.example",
        "a@",
        "a@" + "x" * 80 + ".example",
    ],
)
def test_exactly_one_plain_address_is_taken(email: str) -> None:
    assert codes(email=email) == {"email_invalid"}


@pytest.mark.parametrize(
    "email", ["admin@contoso.com", "a.b+c@contoso.example", "x@localhost.test"]
)
def test_ordinary_addresses_are_taken(email: str) -> None:
    assert codes(email=email) == set()


def test_all_breaches_are_reported_at_once() -> None:
    broken = {"short_name": "a.", "full_name": "x" * 201, "license": "Gold"}
    found = codes(**broken, licensed_users="0", send_link=True, email="")
    assert found == {
        "short_name_length",
        "short_name_dot",
        "full_name_length",
        "license_unknown",
        "licensed_users_range",
        "email_missing",
    }


def test_without_a_link_nobody_is_invited_and_no_address_is_looked_at() -> None:
    order = parse(a_raw_order(send_link=False, email="not an address"), RESERVED, is_address)
    assert isinstance(order, Order)
    assert order.email == ""


def test_only_direct_routing_can_be_ordered() -> None:
    assert codes(service_type="Operator Connect") == {"service_type_unknown"}


@given(st.text(max_size=30))
def test_no_name_slips_through(name: str) -> None:
    allowed = (
        3 <= len(name) <= 15
        and re.fullmatch(r"[!-~]+", name) is not None
        and not any(character in name for character in FORBIDDEN + ".")
        and "audit" not in name.lower()
        and re.search(r"[A-Za-z0-9]", name) is not None
    )
    assert (codes(short_name=name) == set()) == allowed


@given(st.from_regex(r"[!-~]{3,15}", fullmatch=True))
def test_a_dns_label_is_always_legal_or_empty(name: str) -> None:
    label = dns_label(name)
    assert label == "" or re.fullmatch(r"[a-z0-9]([a-z0-9-]*[a-z0-9])?", label)


def test_what_becomes_of_a_name_in_domain_names_is_told() -> None:
    assert dns_warning("contoso") is None
    assert dns_warning("Contoso") is None
    assert "'con-toso-1'" in (dns_warning("con_toso#1") or "")
