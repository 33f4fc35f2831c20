"""An order as JSON: what has the wrong shape is told beside the rules that the rest breaks."""

from typing import Any

import pytest

from onboarding.adapters.addresses import is_address
from onboarding.domain import order_document
from onboarding.domain.breach import Breach
from onboarding.domain.order import Order, RawCustomer, parse
from tests.support.onboarding_builders import an_order_document


def breaches(document: dict[str, Any], strict: bool = True) -> tuple[Breach, ...]:
    """Everything that is wrong with a document."""
    raw, shape = order_document.read(document, strict)
    order = parse(raw, ("audit",), is_address)
    return order_document.placed(shape, () if isinstance(order, Order) else order)


def faults(document: dict[str, Any], strict: bool = True) -> set[tuple[str, str]]:
    """Places and codes."""
    return {(breach.field, breach.code) for breach in breaches(document, strict)}


def test_a_whole_document_becomes_an_order() -> None:
    document = an_order_document()
    raw, shape = order_document.read(document, strict=True)
    assert shape == ()
    assert raw.customer == RawCustomer("contoso", "Contoso", ("contoso.example",))
    order = parse(raw, (), is_address)
    assert isinstance(order, Order)
    assert (order.email, order.options.valid_days) == ("admin@contoso.example", 30)


def test_null_for_the_invitation_means_that_an_operator_types_the_registration() -> None:
    assert faults(an_order_document(invitation=None)) == set()
    raw, _ = order_document.read(an_order_document(invitation=None), strict=True)
    assert not raw.send_link


def test_a_forgotten_invitation_is_not_taken_for_none() -> None:
    document = an_order_document()
    del document["invitation"]
    assert faults(document) == {("invitation", "invitation_missing")}


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"short_name": 7}, "short_name"),
        ({"short_name": ["contoso"]}, "short_name"),
        ({"licensed_users": "50"}, "licensed_users"),
        ({"licensed_users": True}, "licensed_users"),
        ({"licensed_users": 50.5}, "licensed_users"),
        ({"customer": "contoso"}, "customer"),
        ({"customer": {"external_id": 1}}, "customer.external_id"),
        ({"customer": {"external_id": "contoso", "domains": "a.example"}}, "customer.domains"),
        ({"customer": {"external_id": "contoso", "domains": [1]}}, "customer.domains"),
        ({"invitation": "admin@contoso.example"}, "invitation"),
        ({"invitation": {"email": ["a@x.example", "b@x.example"]}}, "invitation.email"),
        ({"notes": {}}, "notes"),
    ],
)
def test_a_wrong_type_is_told_once_at_its_place(changes: dict[str, Any], place: str) -> None:
    assert faults(an_order_document(**changes)) == {(place, "wrong_type")}


def test_what_the_api_does_not_know_is_told_and_an_event_may_hold_it() -> None:
    document = an_order_document(expected_tennant="x", invitation={"e-mail": "a@x.example"})
    assert ("expected_tennant", "unknown_field") in faults(document)
    assert ("invitation.e-mail", "unknown_field") in faults(document)
    assert faults(document, strict=False) == {("invitation.email", "email_missing")}


def test_an_unknown_field_is_named_short_and_so_that_it_can_be_seen() -> None:
    (breach,) = breaches(an_order_document(**{"a\u202e\ud800" + "b" * 99: 1}))
    assert breach.field.startswith("a??bbb")
    assert len(breach.field) <= 63
    breach.message.encode()


def test_shape_and_rules_are_told_at_once_at_their_places() -> None:
    document = an_order_document(
        short_name="a.b/c",
        licensed_users=501,
        license=None,
        invitation={"email": "a@x.example, b@y.example", "valid_days": "7"},
    )
    assert faults(document) == {
        ("short_name", "short_name_dot"),
        ("short_name", "short_name_forbidden"),
        ("licensed_users", "licensed_users_range"),
        ("license", "license_unknown"),
        ("invitation.email", "email_invalid"),
        ("invitation.valid_days", "wrong_type"),
    }
