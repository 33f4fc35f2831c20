"""What an operator can do with an invitation, with a registration, and with an existing service."""

import html
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from onboarding.app.create_service import Provisioning
from onboarding.domain.operator import Role, Scope
from onboarding.domain.states import State
from tenantlink_contracts.credential_validator import (
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
)
from tenantlink_contracts.invitation import (
    CredentialsSubmitted,
    ForwardingRequested,
    InvitationIssued,
)
from tenantlink_contracts.names import ONBOARDING
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceClosed,
)
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.sealing import PublicKeys, SealContext
from tests.integration.onboarding.conftest import OTHER_CUSTOMER, Office
from tests.integration.onboarding.visiting import Visit
from tests.support.events import VERDICT, an_event

pytestmark = [
    pytest.mark.usefixtures("servers"),
    # The forms still name their choices by tuples, which the next WTForms but one will not take.
    pytest.mark.filterwarnings("ignore:Passing SelectField choices as tuples"),
]
EVERYTHING = Scope.everything()
REGISTRATION = {
    "tenant": "11111111-1111-4111-8111-111111111111",
    "client_id": "22222222-2222-4222-8222-222222222222",
    "secret": "abc~canary-secret-of-the-console",
}


def state(office: Office, subject: UUID) -> State:
    found = office.onboardings.find(EVERYTHING, subject)
    assert found is not None
    return found.state


def recorded(office: Office, subject: UUID) -> list[str]:
    """The names of the facts in the timeline."""
    return [each.name for each in office.onboardings.timeline(EVERYTHING, subject)]


def active(office: Office, visit: Visit) -> UUID:
    """A service that exists."""
    subject, olivia = office.ordered(), visit()
    office.receive(an_event(DeviceAuthenticated, subject=subject))
    base = f"/onboardings/{subject}"
    olivia.post(f"{base}/add")
    olivia.post(f"{base}/details")
    office.receive(an_event(TenantValidated, subject=subject))
    olivia.post(f"{base}/m365-settings", routing="DEFAULT", domain="contoso.example")
    olivia.post(f"{base}/review")
    assert state(office, subject) is State.ACTIVE
    return subject


@pytest.mark.parametrize(
    ("action", "data", "says"),
    [
        ("resend", {}, "A new invitation is on its way to admin@contoso.example"),
        ("address", {"email": "identity@contoso.example"}, "on its way to identity@contoso"),
        ("extend", {"days": "30"}, "A new invitation is on its way"),
    ],
)
def test_a_new_round_is_asked_for_and_the_page_says_so(
    office: Office, visit: Visit, action: str, data: dict[str, str], says: str
) -> None:
    subject = office.ordered()
    page = visit().post(f"/onboardings/{subject}/invitation/{action}", 200, **data)
    assert says in html.unescape(page)
    assert InvitationRoundRequested.__name__ in recorded(office, subject)


@pytest.mark.parametrize(
    ("action", "data", "says"),
    [
        ("address", {"email": "a@x.example, b@y.example"}, "exactly one email address"),
        ("address", {"email": ""}, "exactly one email address"),
        ("extend", {"days": "61"}, "from 1 to 60"),
        ("extend", {"days": "soon"}, "from 1 to 60"),
        ("extend", {"days": "999999999999"}, "from 1 to 60"),
    ],
)
def test_what_cannot_be_is_told_at_its_field_and_nothing_happens(
    office: Office, visit: Visit, action: str, data: dict[str, str], says: str
) -> None:
    subject = office.ordered()
    page = visit().post(f"/onboardings/{subject}/invitation/{action}", status=422, **data)
    assert says in page
    assert InvitationRoundRequested.__name__ not in recorded(office, subject)


def test_a_withdrawn_invitation_can_be_sent_again(office: Office, visit: Visit) -> None:
    subject, olivia = office.ordered(), visit()
    base = f"/onboardings/{subject}/invitation"
    assert "Resend" in olivia.post(f"{base}/withdraw")
    assert state(office, subject) is State.WITHDRAWN
    assert InvitationWithdrawn.__name__ in recorded(office, subject)
    assert "no link that could be withdrawn" in olivia.post(f"{base}/withdraw")
    olivia.post(f"{base}/resend")
    assert state(office, subject) is State.REQUESTED


@pytest.mark.parametrize(("answer", "asked"), [("approve", True), ("decline", False)])
def test_what_somebody_with_the_link_asks_for_is_the_operators_to_settle(
    office: Office, visit: Visit, answer: str, asked: bool
) -> None:
    subject, olivia = office.ordered(), visit()
    base = f"/onboardings/{subject}/invitation"
    office.receive(
        an_event(InvitationIssued, subject=subject),
        an_event(ForwardingRequested, subject=subject, email="identity@contoso.example"),
    )
    assert "asks for another link" in olivia.get("/pending-invitations")
    assert "identity@contoso.example" in olivia.get(base)
    olivia.post(f"{base}/{answer}")
    assert (InvitationRoundRequested.__name__ in recorded(office, subject)) is asked
    assert "Somebody with the link asks you" not in olivia.get(base)


def test_a_link_is_shown_once_and_to_administrators_alone(
    office: Office, visit: Visit, tmp_path: Path
) -> None:
    subject, olivia, adam = office.ordered(), visit(), visit("Adam", Role.ADMINISTRATOR)
    base, link = f"/onboardings/{subject}/invitation", "https://wizard.example/invitation/abc"
    assert "Only administrators" in olivia.post(f"{base}/copy-link")
    assert "being made" in adam.post(f"{base}/copy-link")
    public = PublicKeys.load(tmp_path / "keys" / "public.jwks.json")
    sealed = public.seal(link, ONBOARDING, SealContext(InvitationIssued, subject, 2))
    office.receive(
        an_event(
            InvitationIssued,
            subject=subject,
            at=utc_now(),
            round=2,
            delivery="by_hand",
            link=sealed,
        )
    )
    assert "The link is ready" in adam.get(f"{base}/link")
    assert link in adam.post(f"{base}/link")
    assert "shown already" in adam.post(f"{base}/link")
    timeline = adam.get(f"/onboardings/{subject}")
    assert "Saw the link" in timeline
    assert link not in timeline


def test_without_a_link_the_operator_types_the_registration(office: Office, visit: Visit) -> None:
    subject, olivia = office.ordered(), visit()
    base = f"/onboardings/{subject}/registration"
    form = olivia.get(base)
    for label in ("Customer Microsoft Tenant ID", "Application (Client) ID", "Client Secret"):
        assert label in form
    assert "Start authentication" in form
    assert "Microsoft is being asked" in olivia.post(base, 200, **REGISTRATION)
    assert CredentialsSubmitted.__name__ in recorded(office, subject)
    assert state(office, subject) is State.AUTHENTICATING
    assert REGISTRATION["secret"] not in olivia.get(f"/onboardings/{subject}")


def test_a_faulty_registration_is_explained_and_the_secret_is_not_sent_back(
    office: Office, visit: Visit
) -> None:
    subject, olivia = office.ordered(), visit()
    entered = {**REGISTRATION, "client_id": "none"}
    page = olivia.post(f"/onboardings/{subject}/registration", 422, **entered)
    assert "This is not a client ID" in page
    assert REGISTRATION["tenant"] in page
    assert REGISTRATION["secret"] not in page


def test_a_typed_registration_that_fails_is_explained_with_the_way_on(
    office: Office, visit: Visit
) -> None:
    subject, olivia = office.ordered(), visit()
    base = f"/onboardings/{subject}/registration"
    submission = "01957a00-0000-7000-8000-0000000000ab"
    olivia.post(base, 200, **REGISTRATION, submission_id=submission)
    office.receive(
        an_event(DeviceAuthenticationFailed, subject=subject, round=0, submission_id=submission)
    )
    page = olivia.get(f"{base}/result")
    assert "The client secret is wrong" in page
    assert "Enter the registration again" in page


def test_an_existing_service_gets_a_new_secret_is_closed_and_is_over(
    office: Office, visit: Visit
) -> None:
    subject, olivia = active(office, visit), visit()
    portal = f"/services/{subject}"
    assert "Re-initiate Authentication Flow" in olivia.get(f"{portal}/configuration/m365")
    page = olivia.post(f"{portal}/configuration/renewal", email="new@contoso.example")
    assert "on its way to new@contoso.example" in page
    assert "The present secret is used until the new one is proven" in page
    wrong = olivia.post(f"{portal}/configuration/renewal", status=422, email="a@b, c@d")
    assert "exactly one email address" in wrong
    assert "Tenant credentials validated" in olivia.get(f"{portal}/configuration/history")
    assert "cannot be undone" in olivia.get(f"{portal}/close")
    assert "The service is closed" in olivia.post(f"{portal}/close", reason="has left")
    assert state(office, subject) is State.CLOSED
    assert ServiceClosed.__name__ in recorded(office, subject)
    assert "This service is closed" in olivia.post(f"{portal}/configuration/renewal")


def test_a_tenant_that_two_customers_have_is_flagged_to_whoever_adds_or_looks(
    office: Office, visit: Visit
) -> None:
    first, second = office.ordered("first"), office.ordered("second", OTHER_CUSTOMER)
    office.receive(an_event(DeviceAuthenticated, subject=first))
    alone = visit().get(f"/onboardings/{first}/details")
    assert "Another customer is connected to the same tenant" not in alone
    office.receive(an_event(DeviceAuthenticated, subject=second))
    for subject, other in ((first, "Fabrikam"), (second, "Contoso")):
        page = visit().get(f"/onboardings/{subject}/details")
        flag = page.partition("Another customer is connected to the same tenant")[2]
        assert other in flag.partition("</ul>")[0]


def test_domains_of_somebody_else_are_flagged(office: Office, visit: Visit) -> None:
    subject = office.ordered()
    verdict = {**VERDICT, "warnings": ["domain_mismatch"]}
    office.receive(an_event(DeviceAuthenticated, subject=subject, verdict=verdict))
    assert "Is it the right tenant?" in visit().get(f"/onboardings/{subject}/details")


def test_a_service_whose_secret_ends_asks_for_attention(office: Office, visit: Visit) -> None:
    subject = active(office, visit)
    page = f"/services/{subject}/configuration/m365"
    assert "The client secret ends on" not in visit().get(page)
    office.receive(an_event(ClientSecretExpiring, subject=subject, threshold=7))
    assert "The client secret ends on" in visit().get(page)


class TestWithAProvisioningSystem:
    """Another system creates services."""

    @pytest.fixture
    def provisioning(self) -> Provisioning:
        return Provisioning("orders", timedelta(hours=24))

    @pytest.fixture
    def creating(self, office: Office, visit: Visit) -> UUID:
        subject, olivia = office.ordered(), visit()
        office.receive(an_event(DeviceAuthenticated, subject=subject))
        base = f"/onboardings/{subject}"
        olivia.post(f"{base}/add")
        olivia.post(f"{base}/details")
        office.receive(an_event(TenantValidated, subject=subject))
        olivia.post(f"{base}/m365-settings", routing="DEFAULT", domain="contoso.example")
        assert "has been asked to create the service" in olivia.post(f"{base}/review")
        return subject

    def test_the_page_waits_for_its_answer(
        self, office: Office, visit: Visit, creating: UUID
    ) -> None:
        assert state(office, creating) is State.CREATING
        assert "The provisioning system orders" in visit().get(f"/onboardings/{creating}/created")
        assert "the creation counts as failed" in visit().get(f"/onboardings/{creating}")

    def test_an_order_can_be_cancelled_meanwhile(
        self, office: Office, visit: Visit, creating: UUID
    ) -> None:
        visit().post(f"/onboardings/{creating}/cancel", reason="changed their mind")
        assert state(office, creating) is State.CANCELLED
        assert OnboardingCancelled.__name__ in recorded(office, creating)
