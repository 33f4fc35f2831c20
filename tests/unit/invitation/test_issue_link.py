"""When a link is issued, to whom, until when; and when not."""

from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest

from invitation.app import end_links, expire, issue_link
from invitation.app.issue_link import EXPIRE
from invitation.domain.invitation import Invitation, LinkState
from invitation.domain.rounds import LinkKind
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    ServiceRequested,
)
from tenantlink_contracts.values import Expected
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job
from tests.support.events import NOW, SUBJECT, TENANT, an_event
from tests.support.invitation_builders import KnownLinks, a_round, an_invitation

LINKS = KnownLinks()
ENDS: dict[type[Fact], Callable[..., Decision[Invitation]]] = {
    OnboardingCancelled: end_links.on_order_ended,
    ServiceClosed: end_links.on_order_ended,
    ServiceCreated: end_links.on_created,
}
BLANK = Invitation(SUBJECT)
END = NOW + timedelta(days=14)
HOUR = timedelta(hours=1)


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
    kinds = [link.kind for link in decision.aggregate.links]
    assert kinds == [LinkKind.WIZARD, LinkKind.STATUS]


def test_an_order_with_the_check_box_unticked_gets_no_link() -> None:
    event = an_event(ServiceRequested, invitation=None)
    assert issue_link.on_service_requested(BLANK, event, NOW, LINKS) == Decision(BLANK)


def test_the_end_of_a_link_counts_from_when_it_was_asked_for_not_from_when_that_was_read() -> None:
    event = an_event(ServiceRequested, at=NOW)
    late = issue_link.on_service_requested(BLANK, event, NOW + timedelta(hours=5), LINKS)
    assert issued(late).expires_at == END


def test_the_end_of_a_round_is_a_job_that_a_later_round_supersedes() -> None:
    first = issue_link.on_service_requested(BLANK, an_event(ServiceRequested), NOW, LINKS)
    assert first.jobs[0] == NewJob(EXPIRE, due_at=END, number=1)
    again = an_event(InvitationRoundRequested, round=2)
    second = issue_link.on_round_requested(first.aggregate, again, NOW, LINKS)
    assert second.jobs[0] == NewJob(EXPIRE, due_at=END, number=2)


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


@pytest.mark.parametrize("end", [OnboardingCancelled, ServiceClosed, ServiceCreated])
def test_no_link_is_issued_for_an_order_that_is_over(
    end: type[OnboardingCancelled] | type[ServiceClosed] | type[ServiceCreated],
) -> None:
    over = ENDS[end](BLANK, an_event(end), NOW).aggregate
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


def test_a_link_handed_over_by_hand_is_sealed_to_onboarding_its_status_to_notifier() -> None:
    event = an_event(InvitationRoundRequested, round=2, reason="by_hand")
    minted = issue_link.on_round_requested(an_invitation(), event, NOW, LINKS).aggregate.links
    assert [(each.kind, each.token_hash.split("/")[2]) for each in minted] == [
        (LinkKind.WIZARD, "onboarding"),
        (LinkKind.STATUS, "notifier"),
    ]


def test_the_facts_of_an_order_reach_the_mail() -> None:
    event = an_event(
        InvitationRoundRequested,
        round=3,
        reason="renewal",
        invitation={"email": "it@contoso.example", "language": "de", "brand": "fabrikam"},
        secret_expires_at=END,
    )
    fact = issued(issue_link.on_round_requested(an_invitation(), event, NOW, LINKS))
    assert (fact.kind, fact.language, fact.brand) == ("renewal", "de", "fabrikam")
    assert fact.secret_expires_at == END


@pytest.mark.parametrize("late", [True, False])
def test_a_renewal_lives_after_the_service_was_created_whichever_is_heard_first(
    late: bool,
) -> None:
    created = an_event(ServiceCreated, created_at=NOW)
    event = an_event(InvitationRoundRequested, round=2, reason="renewal")
    invitation = an_invitation()
    if not late:
        invitation = end_links.on_created(invitation, created, NOW).aggregate
        assert invitation.links == ()
    decision = issue_link.on_round_requested(invitation, event, NOW, LINKS)
    assert issued(decision).status_link is None
    renewed = decision.aggregate
    if late:
        renewed = end_links.on_created(renewed, created, NOW).aggregate
    assert renewed.link_state(2, NOW) is LinkState.LIVE
    assert len(renewed.links) == 1


def test_a_renewals_link_that_is_sent_again_lives_too_and_one_of_before_the_creation_does_not() -> (
    None
):
    created = an_invitation().created(NOW)
    for asked_at, state in ((NOW + HOUR, LinkState.LIVE), (NOW - HOUR, LinkState.DEAD)):
        event = an_event(InvitationRoundRequested, at=asked_at, round=3, reason="resend")
        resent = issue_link.on_round_requested(created, event, NOW, LINKS).aggregate
        assert resent.link_state(3, NOW + HOUR) is state


def test_closing_a_service_ends_its_renewals() -> None:
    event = an_event(InvitationRoundRequested, round=2, reason="renewal")
    renewed = issue_link.on_round_requested(an_invitation(), event, NOW, LINKS).aggregate
    assert end_links.on_order_ended(renewed, an_event(ServiceClosed), NOW).aggregate.links == ()


def test_the_recipients_domain_is_expected_too_but_no_free_mail_providers() -> None:
    for email, domains in (
        ("it@Fabrikam.example", ("contoso.example", "fabrikam.example")),
        ("contoso.it@gmail.com", ("contoso.example",)),
        ("it@contoso.example", ("contoso.example",)),
    ):
        event = an_event(ServiceRequested, invitation={"email": email}, expected_tenant=TENANT)
        begun = issue_link.on_service_requested(BLANK, event, NOW, LINKS).aggregate.round
        assert begun is not None
        assert begun.expected == Expected(tenant=UUID(TENANT), domains=domains)
