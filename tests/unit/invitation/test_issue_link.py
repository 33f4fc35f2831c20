"""When a link is issued, to whom, until when; and when not."""

from datetime import timedelta

import pytest

from invitation.app import end_links, expire, issue_link
from invitation.app.issue_link import EXPIRE
from invitation.domain.invitation import Invitation
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceCreated,
    ServiceRequested,
)
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job
from tests.support.events import NOW, SUBJECT, an_event
from tests.support.invitation_builders import KnownLinks, a_round, an_invitation

LINKS = KnownLinks()
BLANK = Invitation(SUBJECT)
END = NOW + timedelta(days=14)


def issued(decision: Decision[Invitation]) -> InvitationIssued:
    """The one link that a decision issues."""
    (fact,) = decision.events
    assert isinstance(fact, InvitationIssued)
    return fact


def expired(invitation: Invitation, round_: int = 1) -> Decision[Invitation]:
    """What the deadline of a round leads to."""
    job = Job(new_id(), EXPIRE, SUBJECT, round_, "", {}, 0, new_id())
    return expire.run(job).decide(invitation, END)


def test_an_order_with_the_check_box_ticked_gets_a_first_link() -> None:
    event = an_event(ServiceRequested, invitation={"email": "it@contoso.example", "valid_days": 3})
    decision = issue_link.on_service_requested(BLANK, event, NOW, LINKS)
    fact = issued(decision)
    assert (fact.round, fact.kind, fact.delivery) == (1, "first", "mail")
    assert fact.email == "it@contoso.example"
    assert fact.expires_at == NOW + timedelta(days=3)
    assert (fact.customer_name, fact.full_name) == ("Contoso", "Contoso Direct Routing")
    assert len(decision.aggregate.links) == 1


def test_an_order_with_the_check_box_unticked_gets_no_link() -> None:
    event = an_event(ServiceRequested, invitation=None)
    assert issue_link.on_service_requested(BLANK, event, NOW, LINKS) == Decision(BLANK)


def test_the_end_of_a_link_counts_from_when_it_was_asked_for_not_from_when_that_was_read() -> None:
    event = an_event(ServiceRequested, at=NOW)
    late = issue_link.on_service_requested(BLANK, event, NOW + timedelta(hours=5), LINKS)
    assert issued(late).expires_at == END


def test_the_end_of_a_round_is_a_job_that_a_later_round_supersedes() -> None:
    first = issue_link.on_service_requested(BLANK, an_event(ServiceRequested), NOW, LINKS)
    assert first.jobs == (NewJob(EXPIRE, due_at=END, number=1),)
    again = an_event(InvitationRoundRequested, round=2)
    second = issue_link.on_round_requested(first.aggregate, again, NOW, LINKS)
    assert second.jobs == (NewJob(EXPIRE, due_at=END, number=2),)


@pytest.mark.parametrize(
    ("reason", "delivery"),
    [("resend", "mail"), ("address_changed", "mail"), ("extended", "mail"), ("by_hand", "by_hand")],
)
def test_a_later_round_is_delivered_as_it_was_asked_for(reason: str, delivery: str) -> None:
    event = an_event(InvitationRoundRequested, round=2, reason=reason)
    fact = issued(issue_link.on_round_requested(an_invitation(), event, NOW, LINKS))
    assert (fact.round, fact.kind, fact.delivery) == (2, "again", delivery)


def test_the_same_round_asked_for_twice_gets_one_link() -> None:
    event = an_event(ServiceRequested)
    first = issue_link.on_service_requested(BLANK, event, NOW, LINKS)
    second = issue_link.on_service_requested(first.aggregate, event, NOW, LINKS)
    assert second == Decision(first.aggregate)


def test_an_earlier_round_that_comes_late_gets_no_link() -> None:
    second = an_invitation(number=2)
    late = issue_link.on_service_requested(second, an_event(ServiceRequested), NOW, LINKS)
    assert late == Decision(second)


@pytest.mark.parametrize("end", [OnboardingCancelled, ServiceCreated])
def test_no_link_is_issued_for_an_order_that_is_over(
    end: type[OnboardingCancelled] | type[ServiceCreated],
) -> None:
    over = end_links.on_order_ended(BLANK, an_event(end), NOW).aggregate
    late = issue_link.on_service_requested(over, an_event(ServiceRequested), NOW, LINKS)
    assert (late.events, late.jobs, late.aggregate.links) == ((), (), ())


def test_no_link_is_issued_for_a_round_that_was_withdrawn_before_it_came() -> None:
    withdrawn = end_links.on_withdrawn(BLANK, an_event(InvitationWithdrawn, round=1), NOW).aggregate
    late = issue_link.on_service_requested(withdrawn, an_event(ServiceRequested), NOW, LINKS)
    assert (late.events, late.jobs) == ((), ())


def test_a_round_read_after_its_end_gets_no_link_but_expires() -> None:
    late = issue_link.on_service_requested(BLANK, an_event(ServiceRequested), END, LINKS)
    assert late.events == ()
    assert late.jobs == (NewJob(EXPIRE, due_at=END, number=1),)
    assert expired(late.aggregate).events == (InvitationExpired(round=1),)


def test_a_round_without_credentials_expires_at_its_end() -> None:
    decision = expired(an_invitation())
    assert decision.events == (InvitationExpired(round=1),)
    assert decision.aggregate.links == ()
    assert expired(decision.aggregate).events == ()


@pytest.mark.parametrize("what", ["used", "withdrawn", "ended"])
def test_a_round_that_was_over_before_does_not_expire(what: str) -> None:
    invitation = an_invitation(**{what: True})
    assert expired(invitation) == Decision(invitation)


def test_the_deadline_of_an_earlier_round_does_not_end_the_current_one() -> None:
    renewed = an_invitation().began(a_round(2)).linked("second")
    assert expired(renewed, round_=1) == Decision(renewed)
