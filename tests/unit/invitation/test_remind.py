"""When people are reminded of their link, and when they are left alone."""

from datetime import timedelta

import pytest

from invitation.app import remind
from invitation.app.issue_link import EXPIRE, REMIND, deadlines
from invitation.domain.invitation import Invitation
from invitation.domain.rounds import LinkKind
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job
from tests.support.events import NOW, SUBJECT
from tests.support.invitation_builders import KnownLinks, a_round, a_submission, an_invitation

HALF = NOW + timedelta(days=7)


def reminded(invitation: Invitation, round_: int = 1) -> Decision[Invitation]:
    """What a reminder's job leads to, at half the time."""
    job = Job(new_id(), REMIND, SUBJECT, round_, "half", {}, 0, new_id())
    return remind.run(job, KnownLinks()).decide(invitation, HALF)


@pytest.mark.parametrize(
    ("days", "due_after_hours"), [(14, [168, 312]), (3, [36, 48]), (2, [24]), (1, [12])]
)
def test_reminders_come_at_half_the_time_and_a_day_before_the_end(
    days: int, due_after_hours: list[int]
) -> None:
    round_ = a_round(expires_at=NOW + timedelta(days=days))
    jobs = deadlines(round_, NOW)
    hours = [(job.due_at - NOW).total_seconds() / 3600 for job in jobs if job.kind == REMIND]
    assert hours == due_after_hours
    assert [job.kind for job in jobs].count(EXPIRE) == 1


def test_nobody_is_reminded_of_a_link_that_was_handed_over_by_hand() -> None:
    jobs = deadlines(a_round(2, delivery="by_hand"), NOW)
    assert [job.kind for job in jobs] == [EXPIRE]


def test_a_reminder_that_should_have_come_already_does_not_come_late() -> None:
    assert len(deadlines(a_round(), HALF + timedelta(hours=1))) == 2


def test_a_reminder_is_a_token_more_with_the_same_end() -> None:
    waiting = an_invitation()
    decision = reminded(waiting)
    (fact,) = decision.events
    assert isinstance(fact, InvitationIssued)
    assert waiting.round is not None
    assert (fact.round, fact.kind, fact.expires_at) == (1, "reminder", waiting.round.expires_at)
    assert fact.status_link is None
    links = decision.aggregate.links
    assert [(each.round, each.kind) for each in links] == [(1, LinkKind.WIZARD)] * 2


@pytest.mark.parametrize("what", ["used", "withdrawn", "expired", "ended"])
def test_nobody_is_reminded_after_success_or_of_a_dead_link(what: str) -> None:
    invitation = an_invitation(**{what: True})  # type: ignore[arg-type]
    assert reminded(invitation) == Decision(invitation)


def test_nobody_is_reminded_while_a_registration_is_being_checked() -> None:
    busy = an_invitation().submitted(a_submission())
    assert reminded(busy) == Decision(busy)


def test_the_reminder_of_an_earlier_round_comes_to_nothing() -> None:
    renewed = an_invitation().began(a_round(2)).linked("second")
    assert reminded(renewed) == Decision(renewed)
