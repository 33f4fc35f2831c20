"""The read side: timeline, lists and scopes, after real orders and real events."""

from uuid import UUID

import sqlalchemy as sa

from onboarding.app.cancel_onboarding import cancel
from onboarding.app.claim_invitation import claim
from onboarding.domain.operator import Scope
from onboarding.domain.states import State
from tenantlink_contracts.credential_validator import DeviceAuthenticated
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.notifier import InvitationSent
from tests.integration.onboarding.conftest import CUSTOMER, OTHER_CUSTOMER, Office
from tests.support.events import SEALED, an_event
from tests.support.onboarding_builders import an_operator

ALL = Scope.everything()


def _texts(office: Office, subject: UUID) -> list[str]:
    return [entry.text for entry in office.onboardings.timeline(ALL, subject)]


def test_the_timeline_says_in_plain_words_what_happened_and_who_did_it(office: Office) -> None:
    subject = office.ordered()
    first, *_ = office.onboardings.timeline(ALL, subject)
    assert first.text == "Ordered by Olivia: contoso, Hosted Essentials+, 50 users"
    office.receive(
        an_event(InvitationIssued, subject=subject),
        an_event(InvitationSent, subject=subject, server_words="250 2.0.0 OK"),
    )
    assert "Invitation sent to admin@contoso.example: 250 2.0.0 OK" in _texts(office, subject)


def test_an_event_that_comes_twice_stands_once_in_the_timeline(office: Office) -> None:
    subject = office.ordered()
    event = an_event(DeviceAuthenticated, subject=subject)
    office.receive(event, event)
    office.receive(event)
    assert _texts(office, subject).count("Device authenticated: tenant Contoso") == 1


def test_no_sealed_field_gets_into_the_timeline(office: Office) -> None:
    subject = office.ordered()
    office.receive(an_event(InvitationIssued, subject=subject))
    query = sa.text("SELECT data FROM timeline WHERE name = 'InvitationIssued'")
    with office.engine.connect() as connection:
        data = connection.execute(query).scalar_one()
    assert data["link"] == {"key": None, "length": len(SEALED)}
    assert data["email"] == "admin@contoso.example"


def test_what_changes_nothing_is_not_noted(office: Office) -> None:
    subject = office.ordered()
    office.receive(an_event(DeviceAuthenticated, subject=subject))
    for _ in range(2):
        office.desk.act(
            ALL,
            subject,
            an_operator(),
            "Added the pending invitation",
            lambda onboarding, now: claim(onboarding, now, an_operator(), take_over=False),
        )
    assert _texts(office, subject).count("Added the pending invitation") == 1


def test_a_fact_about_an_onboarding_that_never_was_is_dead_and_seen_by_nobody(
    office: Office,
) -> None:
    office.receive(an_event(DeviceAuthenticated, subject=UUID(int=9)))
    with office.engine.connect() as connection:
        parked = connection.execute(sa.text("SELECT status, reason FROM parked")).all()
    assert parked == [("dead", "the fact is about an onboarding that never was")]
    assert office.onboardings.services(ALL) == []


def test_pending_invitations_are_those_that_are_neither_active_nor_cancelled(
    office: Office,
) -> None:
    office.ordered("first")
    subject = office.ordered("second")
    office.receive(an_event(DeviceAuthenticated, subject=subject))
    newest, oldest = office.onboardings.pending(ALL)
    assert (newest.id, newest.state, newest.device_authenticated) == (
        subject,
        State.AUTHENTICATED,
        True,
    )
    assert oldest.state is State.REQUESTED
    cancelled = office.ordered("third")
    office.desk.act(
        ALL, cancelled, an_operator(), "Cancelled", lambda o, now: cancel(o, now, "ordered twice")
    )
    assert cancelled not in [each.id for each in office.onboardings.pending(ALL)]
    assert cancelled in [each.id for each in office.onboardings.services(ALL)]


def test_a_scope_hides_other_customers_everywhere(office: Office) -> None:
    mine, other = office.ordered("mine"), office.ordered("other", OTHER_CUSTOMER)
    scope = Scope(frozenset({CUSTOMER}))
    assert [each.id for each in office.onboardings.services(scope)] == [mine]
    assert [each.id for each in office.onboardings.pending(scope)] == [mine]
    assert office.onboardings.find(scope, other) is None
    assert office.onboardings.timeline(scope, other) == []
    assert office.onboardings.timeline(scope, mine)


def test_an_onboarding_comes_back_from_the_database_as_it_was(office: Office) -> None:
    subject = office.ordered()
    office.receive(
        an_event(InvitationIssued, subject=subject),
        an_event(InvitationSent, subject=subject),
        an_event(DeviceAuthenticated, subject=subject),
    )
    with office.desk.transactions.begin() as uow:
        locked = uow.aggregate(subject)
    assert office.onboardings.find(ALL, subject) == locked
    assert locked.proven is not None
    assert locked.email_sent
