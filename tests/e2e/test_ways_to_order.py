"""Every way to order a service leads to the same invitation, and every answer comes back."""

import json
import uuid
from functools import partial
from typing import Any

import amqp
import pytest

from tenantlink_local.demo import Procedure
from tenantlink_local.stack import Stack
from tests.e2e.administrator import VALID, Administrator, registration
from tests.e2e.crm import ORDER, TYPE, Crm, order_document


@pytest.fixture(scope="module")
def crm(stack: Stack) -> Crm:
    return Crm.of(stack)


def send_plain(crm: Crm, document: dict[str, Any]) -> None:
    crm.order(document)


def send_binary(crm: Crm, document: dict[str, Any]) -> None:
    headers = {
        "ce-specversion": "1.0",
        "ce-id": str(uuid.uuid4()),
        "ce-source": "/crm/orders",
        "ce-type": TYPE,
    }
    crm.send(json.dumps(document).encode(), headers=headers)


def send_structured(crm: Crm, document: dict[str, Any]) -> None:
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "/crm/orders",
        "type": TYPE,
        "datacontenttype": "application/json",
        "data": document,
    }
    crm.send(json.dumps(event).encode(), content_type="application/cloudevents+json")


@pytest.mark.parametrize("send", [send_plain, send_binary, send_structured])
def test_each_form_of_an_event_is_answered_and_leads_to_a_mail(
    stack: Stack, crm: Crm, send: Any
) -> None:
    document = order_document()
    send(crm, document)
    answer = crm.answer(ORDER, document["reference"])
    assert answer["onboarding_id"]
    assert answer["short_name"] == document["short_name"]
    with Administrator.at(stack, document["invitation"]["email"]) as person:
        assert document["full_name"] in person.await_mail("Activate")


def test_the_same_reference_gets_the_same_answer_and_other_content_is_refused(crm: Crm) -> None:
    document = order_document()
    crm.order(document)
    first = crm.answer(ORDER, document["reference"])
    crm.order(document)
    assert crm.answer(ORDER, document["reference"]) == first
    crm.order({**document, "licensed_users": 51})
    refused = crm.answer("ServiceRejected", document["reference"])
    assert [each["code"] for each in refused["reasons"]] == ["reference_reused"]


def test_every_broken_rule_is_answered_at_once(crm: Crm) -> None:
    document = order_document(
        short_name="a.audit/b",
        license="Hosted",
        licensed_users=501,
        invitation={"email": "a@x.example, b@y.example", "valid_days": 61},
    )
    crm.order(document)
    refused = crm.answer("ServiceRejected", document["reference"])
    fields = {each["field"] for each in refused["reasons"]}
    assert {"short_name", "license", "licensed_users"} <= fields
    assert {"invitation.email", "invitation.valid_days"} <= fields
    assert all(each["message"] and each["code"] for each in refused["reasons"])


def test_an_order_that_completes_by_itself_needs_the_administrator_alone(
    stack: Stack, crm: Crm
) -> None:
    document = order_document(completion="automatic")
    crm.order(document)
    with Administrator.at(stack, document["invitation"]["email"]) as person:
        person.follow(person.link())
        person.enter(*registration())
        assert person.outcome(VALID) == VALID
        created = crm.answer("ServiceCreated", document["reference"])
        assert created["short_name"] == document["short_name"]
        assert document["full_name"] in person.await_mail("has been created")


def test_without_a_link_the_operator_types_the_registration(people: Procedure, crm: Crm) -> None:
    document = {**order_document(), "invitation": None}
    crm.order(document)
    crm.answer(ORDER, document["reference"])
    people.sign_in()
    browser, (tenant, app) = people.operator, registration()
    browser.click("Pending Invitations")
    row = browser.row(document["short_name"])
    assert "waiting for the registration to be typed" in row["State"]
    browser.click("Enter the registration", within=row.element)
    browser.fill("Customer Microsoft Tenant ID", str(tenant.id))
    browser.fill("Application (Client) ID", str(app.client_id))
    browser.fill("Client Secret", app.secrets[0].value)
    browser.click("Start authentication")
    browser.wait_for("The Application Registration is valid")
    browser.click("Go on")
    browser.click("Add")
    browser.click("Next")
    browser.wait_for("The tenant credentials are validated")


def test_cancelling_is_told_to_the_system_that_ordered(people: Procedure, crm: Crm) -> None:
    document = order_document()
    crm.order(document)
    crm.answer(ORDER, document["reference"])
    people.sign_in()
    browser = people.operator
    browser.click("Pending Invitations")
    browser.click(f"Timeline of {document['short_name']}")
    browser.click("Cancel this order")
    browser.fill("Reason", "ordered twice")
    browser.click("Cancel the order for good")
    answer = crm.answer("OnboardingCancelled", document["reference"])
    assert answer["reason"] == "ordered twice"


def test_a_system_cannot_read_anothers_answers_nor_speak_elsewhere_or_for_another(
    stack: Stack, crm: Crm
) -> None:
    assert crm.may(lambda channel: channel.basic_get("upstream.crm.answers"))
    assert not crm.may(lambda channel: channel.basic_get("upstream.orders.answers"))
    assert not crm.may(lambda channel: channel.basic_get("onboarding.inbox"))
    for exchange, key in (
        ("onboarding.events", ORDER),
        ("upstream.answers", "crm"),
        ("upstream.events", "ServiceCreated"),
    ):
        assert not crm.may(partial(_publish, exchange=exchange, key=key)), exchange


def _publish(channel: Any, exchange: str, key: str) -> None:
    """Published and confirmed, or refused by the broker."""
    channel.confirm_select()
    message = amqp.Message("{}", content_type="application/json", user_id="crm")
    channel.basic_publish_confirm(message, exchange, key)
