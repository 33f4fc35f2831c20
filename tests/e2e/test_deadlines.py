"""Each wait that ends by itself, on a system whose limits are seconds; and whom it tells.

The limits are settings, so nothing here sleeps: what is waited for is the mail or the answer.
"""

import json
import tempfile
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tenantlink_local import process
from tenantlink_local import stack as local
from tenantlink_local.browser import Browser
from tenantlink_local.stack import Stack
from tests.e2e.administrator import VALID, Administrator, registration
from tests.e2e.crm import Crm, order_document
from tests.support.waiting import eventually

OPERATORS = "operators@provider.example"
SHORT = {
    "ONBOARDING_REQUESTED_LIMIT": "PT8S",
    "ONBOARDING_AWAITING_CREDENTIALS_LIMIT": "PT8S",
    "ONBOARDING_AUTHENTICATING_LIMIT": "PT4S",
    "ONBOARDING_VALIDATING_LIMIT": "PT8S",
    "ONBOARDING_CREATING_LIMIT": "PT15S",
    "ONBOARDING_REMINDER_AFTER": "PT4S",
    "ONBOARDING_CANCELLED_AFTER": "PT30S",
    "ONBOARDING_NIGHTLY_EVERY": "PT20S",
    "ONBOARDING_NIGHTLY_FROM": "PT0S",
    "ONBOARDING_NIGHTLY_WINDOW": "PT1S",
    "ONBOARDING_PROVISIONING": "external",
    "ONBOARDING_PROVISIONING_SYSTEM": "orders",
    "ONBOARDING_OPERATOR_ADDRESSES": json.dumps([OPERATORS]),
}


@pytest.fixture(scope="module")
def hasty() -> Iterator[Stack]:
    """The whole system, in a hurry."""
    with tempfile.TemporaryDirectory(prefix="tenantlink-e2e-") as private:
        place = Path(private)
        place.chmod(0o755)  # a server user has to be able to reach it
        running = local.up(place / "stack", changes=SHORT)
        try:
            yield running
        finally:
            running.down()


@pytest.fixture(scope="module")
def crm(hasty: Stack) -> Crm:
    return Crm.of(hasty)


@pytest.fixture(scope="module")
def provisioning(hasty: Stack) -> Crm:
    """The system that creates services."""
    return Crm.of(hasty, "orders")


@pytest.fixture
def operators(hasty: Stack) -> Iterator[Administrator]:
    """Whoever reads the operators' mails."""
    with Administrator.at(hasty, OPERATORS) as reader:
        yield reader


def ordered(crm: Crm, **changes: Any) -> dict[str, Any]:
    """An order that has been taken."""
    document = order_document(**changes)
    crm.order(document)
    return document


@contextmanager
def administrator_of(stack: Stack, document: dict[str, Any]) -> Iterator[Administrator]:
    """At the form of the wizard."""
    with Administrator.at(stack, document["invitation"]["email"]) as person:
        person.follow(person.link())
        yield person


def told(operators: Administrator, words: str, document: dict[str, Any]) -> None:
    """Waits for a mail to the operators with these words about this order."""
    name = document["full_name"]
    eventually(
        lambda: [s for s in operators.subjects() if words in s and name in s],
        90,
        f"a mail {words!r} about {name}; there are {operators.subjects()[:8]}",
    )


def created(stack: Stack, crm: Crm, provisioning: Crm, app: str) -> dict[str, Any]:
    """A service that exists, with this registration."""
    document = ordered(crm, completion="automatic")
    with administrator_of(stack, document) as person:
        person.enter(*registration(app=app))
        person.outcome(VALID)
    asked = provisioning.answer("ServiceCreationRequested", document["reference"], 90)
    answer(provisioning, "ServiceProvisioned", {"onboarding_id": asked["onboarding_id"]})
    crm.answer("ServiceCreated", document["reference"])
    return document


def answer(provisioning: Crm, name: str, data: dict[str, Any]) -> None:
    """As the provisioning system would."""
    body = json.dumps(data).encode()
    provisioning.send(body, routing_key=name, message_id=str(uuid.uuid4()))


def test_an_order_without_an_invitation_is_told_as_stuck_and_goes_on(
    hasty: Stack, crm: Crm, operators: Administrator
) -> None:
    child = next(each for each in hasty.children if each.name == "invitation work")
    child.stop()
    document = ordered(crm)
    told(operators, "Nothing has happened for too long", document)
    hasty.children.remove(child)
    hasty.started(process.start_again(child))
    with Administrator.at(hasty, document["invitation"]["email"]) as person:
        assert person.link()


def test_a_registration_that_nobody_types_ends_the_order(crm: Crm) -> None:
    document = {**order_document(), "invitation": None}
    crm.order(document)
    assert crm.answer("OnboardingCancelled", document["reference"], 90)


def test_a_check_that_takes_too_long_is_told_as_stuck(
    hasty: Stack, crm: Crm, operators: Administrator
) -> None:
    document = ordered(crm)
    with administrator_of(hasty, document) as person:
        person.enter(*registration(app="Throttled"))
        told(operators, "Nothing has happened for too long", document)


def test_an_operator_is_told_reminded_and_at_last_the_order_is_cancelled(
    hasty: Stack, crm: Crm, operators: Administrator
) -> None:
    document = ordered(crm)
    with administrator_of(hasty, document) as person:
        person.enter(*registration())
        person.outcome(VALID)
        told(operators, "Device Authenticated", document)
        told(operators, "An order waits for you", document)
        assert crm.answer("OnboardingCancelled", document["reference"], 90)
        person.await_mail("Receipt")


def test_a_mail_that_no_server_takes_is_told(crm: Crm, operators: Administrator) -> None:
    document = ordered(crm, invitation={"email": "refuse-550@contoso.example"})
    told(operators, "could not be delivered", document)


def test_a_wish_for_another_person_is_told(
    hasty: Stack, crm: Crm, operators: Administrator
) -> None:
    document = ordered(crm)
    with Administrator.at(hasty, document["invitation"]["email"]) as person:
        person.browser.open(person.link())
        person.browser.click("I am not the right person")
        person.browser.fill("Email address of the right person", "right@contoso.example")
        person.browser.click("Propose this person")
        told(operators, "should go to somebody else", document)


def test_a_provisioning_system_that_does_not_answer_has_failed(
    hasty: Stack, crm: Crm, provisioning: Crm, operators: Administrator
) -> None:
    document = ordered(crm, completion="automatic")
    with administrator_of(hasty, document) as person:
        person.enter(*registration())
        person.outcome(VALID)
    asked = provisioning.answer("ServiceCreationRequested", document["reference"], 90)
    told(operators, "could not be created", document)
    answer(provisioning, "ServiceProvisioned", {"onboarding_id": asked["onboarding_id"]})
    assert crm.answer("ServiceCreated", document["reference"])  # a late answer counts


def test_a_provisioning_system_may_say_why_it_cannot(
    hasty: Stack, crm: Crm, provisioning: Crm, operators: Administrator
) -> None:
    document = ordered(crm, completion="automatic")
    with administrator_of(hasty, document) as person:
        person.enter(*registration())
        person.outcome(VALID)
    asked = provisioning.answer("ServiceCreationRequested", document["reference"], 90)
    failed = {"onboarding_id": asked["onboarding_id"], "reason": "no number range is free"}
    answer(provisioning, "ServiceProvisioningFailed", failed)
    told(operators, "could not be created", document)
    assert "no number range is free" in operators.await_mail(document["full_name"])


def test_a_secret_that_ends_soon_is_told_and_renewed_by_a_link(
    hasty: Stack, crm: Crm, provisioning: Crm, operators: Administrator
) -> None:
    document = created(hasty, crm, provisioning, "Secret ends tomorrow")
    with Administrator.at(hasty, document["invitation"]["email"]) as person:
        person.await_mail("has been created")
        person.follow(person.link(count=2))
        person.enter(*registration())
        assert person.outcome(VALID) == VALID


def test_an_active_service_is_checked_again_and_again(
    hasty: Stack, crm: Crm, provisioning: Crm
) -> None:
    document = created(hasty, crm, provisioning, "Tenantlink access")
    with Browser(hasty.ca) as browser:
        browser.open(hasty.urls["console"])
        browser.click("Operator")
        row = browser.row(document["short_name"])
        browser.click("Timeline", within=row.element)

        def checked_by_night() -> bool:
            browser.reload()
            return any("validated (run 2)" in each["What"] for each in browser.rows())

        eventually(checked_by_night, 90, "the nightly check")
