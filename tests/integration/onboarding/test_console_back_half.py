"""Steps 11 to 21 through the pages, under the procedure's own labels, as an operator clicks."""

import re
from uuid import UUID

import pytest

from onboarding.domain.operator import Role
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.notifier import InvitationSent
from tests.integration.onboarding.conftest import Office
from tests.integration.onboarding.visiting import Visit
from tests.support.events import an_event

# The forms still name their choices by tuples, which the next WTForms but one will not take.
pytestmark = pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples")


@pytest.fixture
def subject(office: Office) -> UUID:
    """An onboarding whose administrator has just authenticated."""
    ordered = office.ordered()
    office.receive(
        an_event(InvitationIssued, subject=ordered),
        an_event(InvitationSent, subject=ordered),
        an_event(DeviceAuthenticated, subject=ordered),
    )
    return ordered


def test_the_steps_from_add_to_validate_authentication(
    office: Office, visit: Visit, subject: UUID
) -> None:
    olivia, base = visit(), f"/onboardings/{subject}"
    pending = olivia.get("/pending-invitations")
    assert re.search(r"<strong>true</strong>", pending)
    assert ">Add</button>" in pending
    details = olivia.post(f"{base}/add")
    assert "Application Registration" in details
    assert "Customer Microsoft Tenant ID" in details
    assert 'http-equiv="refresh"' in olivia.post(f"{base}/details")
    office.receive(an_event(TenantValidated, subject=subject, run=1))
    validated = olivia.get(f"{base}/validation")
    assert "The tenant credentials are validated" in validated
    assert 'http-equiv="refresh"' not in validated
    assert "Microsoft 365 default routing and SBC configuration" in olivia.get(
        f"{base}/m365-settings"
    )
    review = olivia.post(f"{base}/m365-settings", routing="DEFAULT", domain="contoso.example")
    assert "Create service" in review
    assert "The service has been created" in olivia.post(f"{base}/review")
    assert "Edit Service" in olivia.get("/services")
    portal = olivia.get(f"/services/{subject}/configuration/m365")
    for label in ("M365 Configuration", "Client Secret Days Until Expire"):
        assert label in portal
    running = olivia.post(f"/services/{subject}/configuration/m365")
    assert 'http-equiv="refresh"' in running
    office.receive(an_event(TenantValidated, subject=subject, run=2, why="manual"))
    assert "successful" in olivia.get(f"/services/{subject}/configuration/m365")


def test_a_failed_validation_shows_what_to_mend_and_can_be_repeated(
    office: Office, visit: Visit, subject: UUID
) -> None:
    olivia, base = visit(), f"/onboardings/{subject}"
    olivia.post(f"{base}/add")
    olivia.post(f"{base}/details")
    office.receive(an_event(TenantValidationFailed, subject=subject, run=1))
    page = olivia.get(f"{base}/validation")
    assert "Copy the Value of the secret" in page
    assert "Validate again" in page


def test_a_second_operator_reads_who_has_it_and_takes_it_over(visit: Visit, subject: UUID) -> None:
    visit("Olivia").post(f"/onboardings/{subject}/add")
    oscar = visit("Oscar")
    assert "Olivia has added this invitation already" in oscar.post(f"/onboardings/{subject}/add")
    assert "Olivia has added it" in oscar.post(f"/onboardings/{subject}/details")
    assert "Application Registration" in oscar.post(f"/onboardings/{subject}/add", take_over="1")


def test_a_viewer_sees_everything_and_changes_nothing(visit: Visit, subject: UUID) -> None:
    viewer = visit("Vera", Role.VIEWER)
    assert ">Add</button>" not in viewer.get("/pending-invitations")
    viewer.post(f"/onboardings/{subject}/add", status=403)
    viewer.post(f"/onboardings/{subject}/cancel", status=403, reason="x")


def test_whoever_comes_too_early_is_led_to_the_step_that_is_due(
    visit: Visit, subject: UUID
) -> None:
    olivia, base = visit(), f"/onboardings/{subject}"
    for step in ("validation", "m365-settings", "review", "created"):
        assert "<h1>Application Registration</h1>" in olivia.get(f"{base}/{step}")


def test_a_domain_that_is_none_is_told_at_its_field(
    office: Office, visit: Visit, subject: UUID
) -> None:
    olivia, base = visit(), f"/onboardings/{subject}"
    olivia.post(f"{base}/add")
    olivia.post(f"{base}/details")
    office.receive(an_event(TenantValidated, subject=subject, run=1))
    page = olivia.post(f"{base}/m365-settings", status=422, routing="DEFAULT", domain="no domain")
    assert "Enter a domain name such as contoso.com." in page


def test_resend_withdraw_and_cancel_stand_in_the_timeline(office: Office, visit: Visit) -> None:
    subject, olivia = office.ordered(), visit()
    olivia.post(f"/onboardings/{subject}/invitation/resend")
    olivia.post(f"/onboardings/{subject}/invitation/withdraw")
    timeline = olivia.post(f"/onboardings/{subject}/cancel", reason="ordered twice")
    for text in (
        "Sent the invitation again",
        "Withdrew the invitation",
        "Cancelled: ordered twice",
        "Who acts next",
    ):
        assert text in timeline


@pytest.mark.parametrize("page", ["", "/details", "/validation", "/cancel"])
def test_every_page_has_a_way_back(visit: Visit, subject: UUID, page: str) -> None:
    assert "&larr;" in visit().get(f"/onboardings/{subject}{page}")


def test_an_unknown_onboarding_is_a_page_not_found(visit: Visit) -> None:
    visit().post(f"/onboardings/{UUID(int=1)}/add", status=404)
