"""What people find beside the straight way: a new link, another person, status, too many tries."""

import re
from datetime import timedelta
from typing import Any

import pytest

from tenantlink_contracts.credential_validator import DeviceAuthenticated
from tenantlink_contracts.invitation import (
    CredentialsSubmitted,
    CredentialsWithdrawn,
    ForwardingRequested,
    InvitationIssued,
)
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
)
from tenantlink_local.browser import Browser
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.sealing import PrivateKeys, SealContext
from tests.integration.invitation.conftest import Reception
from tests.integration.invitation.test_wizard import accept, enter, submit
from tests.support.events import SUBJECT, TENANT, VERDICT, an_event

HOSTILE_TENANTS = [
    "evil.example/..", "common", "organizations", "[::1]", "2001:db8::1", "{{7*7}}",
    "contoso.example\r\nX-Evil: 1", "\u202econtoso.example",
]  # fmt: skip


def status_link(reception: Reception) -> str:
    """The address of the status page, as notifier reads it."""
    fact = reception.recorded(InvitationIssued)[-1]
    keys = PrivateKeys.load(reception.folder / "notifier.sealing.jwks.json")
    return keys.open(fact.status_link, SealContext(InvitationIssued, SUBJECT, fact.round))


def test_whose_link_has_ended_asks_for_another_one_and_the_operator_is_told_once(
    reception: Reception, admin: Browser
) -> None:
    link = reception.invite()
    reception.receive(an_event(InvitationWithdrawn))
    for _ in range(2):
        admin.open(link)
        admin.click("Ask for a new link")
        assert admin.heading == "We have passed it on"
    assert reception.recorded(ForwardingRequested) == [
        ForwardingRequested(round=1, why="new_link", email="admin@contoso.example")
    ]


def test_an_unknown_link_gets_the_same_pages_and_tells_nobody(
    reception: Reception, admin: Browser, colleague: Browser
) -> None:
    admin.open(f"{reception.url}/invitation/unknown")
    colleague.open(reception.invite(at=utc_now() - timedelta(days=30)))
    assert str(admin.page) == str(colleague.page)
    before = reception.everything()
    admin.click("Ask for a new link")
    assert reception.everything() == before
    colleague.click("Ask for a new link")
    assert str(admin.page) == str(colleague.page)
    assert len(reception.recorded(ForwardingRequested)) == 1


def test_a_session_whose_link_has_died_asks_for_another_one(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    reception.receive(an_event(InvitationWithdrawn))
    admin.reload()
    admin.click("Ask for a new link")
    assert len(reception.recorded(ForwardingRequested)) == 1


@pytest.mark.parametrize("wrong", ["", "nobody", "a@x.example, b@x.example", "a@x.example\r\nB: c"])
def test_another_person_is_proposed_by_exactly_one_address(
    reception: Reception, admin: Browser, wrong: str
) -> None:
    enter(admin, reception.invite())
    admin.click("I am not the right person")
    admin.fill("Email address of the right person", wrong)
    admin.click("Propose this person")
    assert admin.status == 422
    assert reception.recorded(ForwardingRequested) == []
    admin.fill("Email address of the right person", "identity@contoso.example")
    admin.click("Propose this person")
    assert admin.heading == "We have passed it on"
    (asked,) = reception.recorded(ForwardingRequested)
    assert (asked.why, asked.email) == ("other_person", "identity@contoso.example")


def test_the_status_page_tells_how_things_stand_until_the_service_exists(
    reception: Reception, admin: Browser, colleague: Browser
) -> None:
    enter(admin, reception.invite())
    fact = submit(reception, admin)
    before = reception.everything()
    colleague.open(status_link(reception))
    assert colleague.heading == "How things stand"
    assert "being checked" in colleague.text()
    assert reception.everything() == before
    accept(reception, fact)
    colleague.reload()
    assert "accepted by Microsoft" in colleague.text()
    assert "Tenantlink access" not in colleague.text()
    reception.receive(an_event(ServiceCreated, created_at=utc_now()))
    colleague.reload()
    assert (colleague.status, colleague.heading) == (404, "This link is not active")


@pytest.mark.parametrize("end", [OnboardingCancelled, ServiceClosed, InvitationWithdrawn])
def test_a_status_page_ends_with_its_order(reception: Reception, admin: Browser, end: Any) -> None:
    reception.invite()
    link = status_link(reception)
    reception.receive(an_event(end))
    admin.open(link)
    assert admin.status == 404


def test_a_link_of_one_kind_opens_no_page_of_the_other(
    reception: Reception, admin: Browser
) -> None:
    link = reception.invite()
    admin.open(status_link(reception).replace("/status/", "/invitation/"))
    assert admin.status == 404
    admin.open(link.replace("/invitation/", "/status/"))
    assert admin.status == 404


def test_whoever_submitted_reads_the_result_though_the_service_exists_already(
    reception: Reception, admin: Browser, colleague: Browser
) -> None:
    link = reception.invite()
    enter(colleague, link)
    enter(admin, link)
    fact = submit(reception, admin)
    accept(reception, fact)
    reception.receive(an_event(ServiceCreated, created_at=utc_now()))
    admin.reload()
    assert admin.heading == "The Application Registration is valid"
    assert "This is not our organisation" not in admin.text()
    colleague.open("/wizard/result")
    assert colleague.status == 404


def test_what_is_expected_of_the_tenant_goes_with_what_was_entered(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite(expected_tenant=TENANT))
    fact = submit(reception, admin)
    assert str(fact.expected.tenant) == TENANT
    assert fact.expected.domains == ("contoso.example",)


def test_the_end_of_the_secret_may_be_declared_and_must_not_be_over(
    reception: Reception, admin: Browser
) -> None:
    label = "End date of the client secret (optional)"
    enter(admin, reception.invite())
    admin.fill(label, "1999-12-31")
    admin.click("Start authentication")
    assert "the client secret has ended already" in admin.text()
    admin.fill(label, "2099-12-31")
    fact = submit(reception, admin)
    assert f"{fact.credential.declared_expiry:%Y-%m-%d}" == "2099-12-31"


@pytest.mark.parametrize("tenant", HOSTILE_TENANTS)
def test_a_hostile_tenant_is_a_fault_at_its_field(
    reception: Reception, admin: Browser, tenant: str
) -> None:
    enter(admin, reception.invite())
    admin.fill("Customer Microsoft Tenant ID", tenant)
    admin.click("Start authentication")
    assert admin.status == 422
    assert "This is not a tenant ID" in admin.text()
    assert reception.recorded(CredentialsSubmitted) == []


def test_unknown_fields_wrong_types_and_doubled_fields_are_taken_for_what_they_are(
    reception: Reception,
) -> None:
    client = reception.app.test_client()
    path = reception.invite().removeprefix(reception.url)
    token = re.findall(r'name="csrf_token" value="([^"]*)"', client.get(path).text)[0]
    client.post(path, data={"csrf_token": token})
    for data in (
        {"csrf_token": token, "tenant": ["a", "b"], "unknown": "x", "client_id": "{}"},
        {"csrf_token": token, "secret": b"\xff\xfe\x00", "expiry": "0000-00-00"},
        {"csrf_token": token, "expiry": "99999-01-01", "form": "y" * 10_000},
    ):
        assert client.post("/wizard", data=data).status_code == 422
    wrong = client.post("/wizard", data="{}", content_type="application/json")
    assert wrong.status_code == 403
    assert reception.recorded(CredentialsSubmitted) == []


def test_a_megabyte_gets_a_friendly_page(reception: Reception, admin: Browser) -> None:
    enter(admin, reception.invite())
    admin.fill("Client Secret", "x" * 1_000_000)
    admin.click("Start authentication")
    assert (admin.status, admin.heading) == (413, "That was too much")


def test_after_twenty_tries_the_wait_is_told_and_the_link_stays_good(
    reception: Reception, admin: Browser
) -> None:
    link = reception.invite()
    enter(admin, link)
    for _ in range(20):
        submit(reception, admin)
        admin.open("/wizard")
    admin.fill("Client Secret", "Abc8Q~another")
    admin.click("Start authentication")
    assert (admin.status, admin.heading) == (429, "Too many tries")
    assert re.search(r"Please go on at \d\d:\d\d UTC", admin.text())
    assert len(reception.recorded(CredentialsSubmitted)) == 20
    admin.open(link)
    assert admin.status == 200


def test_taking_back_tells_credential_validator_which_revision(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    fact = submit(reception, admin)
    reception.receive(
        an_event(
            DeviceAuthenticated,
            at=utc_now(),
            submission_id=fact.submission_id,
            revision=7,
            verdict=VERDICT,
        )
    )
    admin.reload()
    admin.click("This is not our organisation")
    assert reception.recorded(CredentialsWithdrawn) == []
    admin.click("Take it back")
    assert reception.recorded(CredentialsWithdrawn) == [
        CredentialsWithdrawn(round=1, submission_id=fact.submission_id, revision=7)
    ]
    admin.click("Enter another registration")
    assert admin.heading == "Enter your app registration"
