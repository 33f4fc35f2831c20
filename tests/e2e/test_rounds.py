"""Every round of an invitation, from the console's button to what becomes of the links."""

from collections.abc import Iterator
from typing import Any

import pytest

from tenantlink_local.browser import Browser
from tenantlink_local.demo import Procedure
from tenantlink_local.stack import Stack
from tests.e2e.administrator import VALID, Administrator, registration
from tests.e2e.crm import Crm, order_document
from tests.support.waiting import eventually

DEAD = "This link is not active"


@pytest.fixture(scope="module")
def crm(stack: Stack) -> Crm:
    return Crm.of(stack)


@pytest.fixture
def document(crm: Crm) -> dict[str, Any]:
    """An order that has been placed."""
    ordered = order_document()
    crm.order(ordered)
    return ordered


@pytest.fixture
def person(stack: Stack, document: dict[str, Any]) -> Iterator[Administrator]:
    """Its administrator."""
    with Administrator.at(stack, document["invitation"]["email"]) as administrator:
        yield administrator


@pytest.fixture
def operator(people: Procedure) -> Browser:
    """Somebody at the console."""
    people.sign_in()
    return people.operator


def sign_in_as_administrator(stack: Stack, browser: Browser) -> None:
    """With the role that may see a link."""
    browser.open(stack.urls["console"])
    browser.click("Administrator")


def invitation_of(browser: Browser, short_name: str) -> None:
    """Opens the page of an invitation."""
    browser.click("Pending Invitations")
    browser.click(f"More about the invitation of {short_name}")


def is_dead(link: str) -> bool:
    with Browser() as stranger:
        stranger.open(link)
        return stranger.heading == DEAD


def test_resent_the_newer_link_works_and_the_earlier_is_dead(
    document: dict[str, Any], person: Administrator, operator: Browser
) -> None:
    earlier = person.link()
    operator.click("Pending Invitations")
    operator.click("Resend", within=operator.row(document["short_name"]).element)
    newer = person.link(count=2)
    assert newer != earlier
    assert is_dead(earlier)
    person.follow(newer)
    person.enter(*registration())
    assert person.outcome(VALID) == VALID


def test_another_address_gets_a_link_and_the_first_ones_is_dead(
    stack: Stack, document: dict[str, Any], person: Administrator, operator: Browser
) -> None:
    earlier, address = person.link(), f"other.{document['short_name']}@contoso.example"
    invitation_of(operator, document["short_name"])
    operator.fill("Email address of the tenant service admin", address)
    operator.click("Change address")
    with Administrator.at(stack, address) as other:
        assert not is_dead(other.link())
    assert is_dead(earlier)


def test_extended_a_new_link_says_until_when(
    document: dict[str, Any], person: Administrator, operator: Browser
) -> None:
    earlier = person.link()
    invitation_of(operator, document["short_name"])
    operator.fill("Valid for days", "45")
    operator.click("Extend")
    assert not is_dead(person.link(count=2))
    assert is_dead(earlier)


def test_withdrawn_the_link_is_dead(
    document: dict[str, Any], person: Administrator, operator: Browser
) -> None:
    link = person.link()
    operator.click("Pending Invitations")
    operator.click("Withdraw", within=operator.row(document["short_name"]).element)
    eventually(lambda: is_dead(link), 60, "the withdrawn link's death")


def test_a_link_by_hand_is_shown_once_works_and_the_customer_is_told(
    stack: Stack, document: dict[str, Any], person: Administrator
) -> None:
    earlier = person.link()
    with Browser(stack.ca) as administrator:
        sign_in_as_administrator(stack, administrator)
        invitation_of(administrator, document["short_name"])
        administrator.click("Copy link")
        administrator.wait_for("The link is ready")
        administrator.click("Show the link")
        shown = administrator.page.find(id="link")
        assert shown is not None
        link = shown.get_text(strip=True)
    assert is_dead(earlier)
    assert "Continue" in _page(link)
    eventually(lambda: len(person.subjects()) == 2, 60, "the mail that tells of the hand-over")


def test_another_person_is_proposed_and_approved(
    stack: Stack, document: dict[str, Any], person: Administrator, operator: Browser
) -> None:
    address = f"right.{document['short_name']}@contoso.example"
    person.browser.open(person.link())
    person.browser.click("I am not the right person")
    person.browser.fill("Email address of the right person", address)
    person.browser.click("Propose this person")
    invitation_of(operator, document["short_name"])
    operator.wait_for(address)
    operator.click("Approve")
    with Administrator.at(stack, address) as other:
        other.follow(other.link())
        other.enter(*registration())
        assert other.outcome(VALID) == VALID


def test_the_wrong_organisation_is_taken_back_and_the_right_one_connected(
    person: Administrator,
) -> None:
    person.follow(person.link())
    person.enter(*registration("Fabrikam"))
    assert person.outcome(VALID) == VALID
    person.browser.click("This is not our organisation")
    person.browser.click("Take it back")
    person.follow(person.link())
    person.enter(*registration())
    assert person.outcome(VALID) == VALID
    assert "Contoso" in person.browser.text()


def test_a_service_gets_a_new_secret_while_the_old_one_is_used(
    stack: Stack, crm: Crm, operator: Browser
) -> None:
    document = order_document(completion="automatic")
    crm.order(document)
    with Administrator.at(stack, document["invitation"]["email"]) as person:
        person.follow(person.link())
        person.enter(*registration())
        person.outcome(VALID)
        crm.answer("ServiceCreated", document["reference"])
        operator.click("Services")
        operator.click("Edit Service", within=operator.row(document["short_name"]).element)
        operator.click("M365 Configuration")
        assert operator.definition("Client Secret Days Until Expire").startswith("180")
        operator.click("Re-initiate Authentication Flow")
        assert "The present secret is used until the new one is proven" in operator.text()
        person.follow(person.link(count=2))
        person.enter(*registration(app="Secret ends tomorrow"))
        assert person.outcome(VALID) == VALID

    def days() -> bool:
        operator.reload()
        return operator.definition("Client Secret Days Until Expire").startswith("1 ")

    eventually(days, 60, "the days of the new secret")


def _page(link: str) -> str:
    with Browser() as stranger:
        stranger.open(link)
        return stranger.text()
