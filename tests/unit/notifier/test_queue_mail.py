"""Facts become mails to be sent: one for each recipient, and none for a dead link."""

from dataclasses import replace
from typing import Any

import pytest

from notifier.app.drop_queued import on_order_ended, on_round_ended, on_service_created
from notifier.app.queue_mail import (
    SEND_INVITATION,
    SEND_NOTICE,
    on_invitation_issued,
    on_notice_requested,
)
from notifier.domain.correspondence import Correspondence, Fate
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    NoticeKind,
    NoticeRequested,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
)
from tenantlink_runtime.decision import Decision, Refusal
from tests.support.events import NOW, SEALED, SUBJECT, a_fact, a_notice, an_event
from tests.support.notifier_builders import NOTICES

REMINDER = {"kind": "reminder"}
BLANK = Correspondence(SUBJECT)


def test_an_invitation_is_queued_with_its_link_still_sealed() -> None:
    event = an_event(InvitationIssued)
    decision = on_invitation_issued(BLANK, event, NOW)
    (job,) = decision.jobs
    assert (job.kind, job.due_at, job.number, job.slot) == (SEND_INVITATION, NOW, 1, "first")
    assert job.data["mail_id"] == str(event.id)
    assert job.data["issued"]["link"] == SEALED
    assert decision.aggregate.may_send(1)
    assert decision.events == ()


def test_a_link_that_is_handed_over_by_hand_is_not_mailed_but_ends_earlier_ones() -> None:
    first = on_invitation_issued(BLANK, an_event(InvitationIssued), NOW).aggregate
    event = an_event(InvitationIssued, round=2, delivery="by_hand")
    decision = on_invitation_issued(first, event, NOW)
    assert decision.jobs == ()
    assert not decision.aggregate.may_send(1)


def test_an_invitation_that_a_newer_round_has_overtaken_is_not_queued_and_told_as_dropped() -> None:
    second = on_invitation_issued(BLANK, an_event(InvitationIssued, round=2), NOW).aggregate
    event = an_event(InvitationIssued)
    decision = on_invitation_issued(second, event, NOW)
    assert decision.jobs == ()
    letter = decision.aggregate.letter(event.id)
    assert letter is not None
    assert decision.aggregate.truth(letter) is Fate.DROPPED


@pytest.mark.parametrize("end", [InvitationWithdrawn, InvitationExpired])
def test_an_invitation_whose_round_ended_before_it_came_is_not_queued(
    end: type[InvitationWithdrawn] | type[InvitationExpired],
) -> None:
    over = on_round_ended(BLANK, an_event(end, round=1), NOW).aggregate
    assert on_invitation_issued(over, an_event(InvitationIssued), NOW).jobs == ()
    assert len(on_invitation_issued(over, an_event(InvitationIssued, round=2), NOW).jobs) == 1


@pytest.mark.parametrize("end", [OnboardingCancelled, ServiceClosed])
def test_an_invitation_whose_order_ended_before_it_came_is_not_queued(
    end: type[OnboardingCancelled] | type[ServiceClosed],
) -> None:
    over = on_order_ended(BLANK, an_event(end), NOW).aggregate
    assert on_invitation_issued(over, an_event(InvitationIssued, round=9), NOW).jobs == ()


def test_a_notice_becomes_one_mail_for_each_recipient_even_if_one_is_named_twice() -> None:
    people = ["admin@contoso.example", "anna@fabrikam.example", "admin@contoso.example"]
    decision = queued(a_notice(recipients=people))
    assert [job.kind for job in decision.jobs] == [SEND_NOTICE, SEND_NOTICE]
    assert [job.data["recipient"] for job in decision.jobs] == people[:2]
    assert len({job.slot for job in decision.jobs}) == 2


def test_a_second_notice_to_the_same_recipient_does_not_replace_the_first() -> None:
    first, second = (queued(a_notice()).jobs[0] for _ in range(2))
    assert first.slot != second.slot


def test_a_notice_is_sent_after_the_end_of_the_order_too() -> None:
    over = on_order_ended(BLANK, an_event(ServiceClosed), NOW).aggregate
    assert len(queued(a_notice(), over).jobs) == 1


def test_a_notice_that_lacks_what_its_mail_says_is_refused_and_says_what() -> None:
    event = a_notice(data={"customer_name": "Contoso", "full_name": "Voice"})
    refusal = on_notice_requested(BLANK, event, NOW)
    assert refusal == Refusal("a notice of the kind service_created needs 'short_name'")


def test_a_notice_may_say_more_than_this_version_knows() -> None:
    names = {"customer_name": "Contoso", "full_name": "Voice", "short_name": "contoso"}
    event = a_notice(data={**names, "new_in_a_later_version": "yes"})
    assert len(queued(event).jobs) == 1


def test_a_reminder_does_not_replace_the_first_mail_of_its_round() -> None:
    events = [an_event(InvitationIssued) for _ in range(2)]
    events[1] = replace(events[1], data=a_fact(InvitationIssued).model_copy(update=REMINDER))
    jobs = [on_invitation_issued(BLANK, event, NOW).jobs[0] for event in events]
    assert [job.slot for job in jobs] == ["first", "reminder"]


def test_the_link_to_the_status_page_is_kept_though_the_other_goes_by_hand() -> None:
    event = an_event(InvitationIssued, delivery="by_hand", status_link=SEALED)
    kept = on_invitation_issued(BLANK, event, NOW).aggregate
    assert (kept.status_round, kept.status_link) == (1, SEALED)


@pytest.mark.parametrize("renewal", [{"kind": "renewal"}, {"secret_expires_at": NOW}])
def test_a_renewal_is_known_by_its_kind_or_by_the_secret_that_ends(
    renewal: dict[str, Any],
) -> None:
    created = on_service_created(BLANK, an_event(ServiceCreated), NOW).aggregate
    event = an_event(InvitationIssued, round=2, **renewal)
    assert on_invitation_issued(created, event, NOW).aggregate.may_send(2)


@pytest.mark.parametrize("kind", ["receipt", "authenticated"])
def test_a_notice_of_success_makes_earlier_reminders_pointless(kind: str) -> None:
    event = an_event(NoticeRequested, notices=[NOTICES[kind]])
    decision = on_notice_requested(BLANK.issued(1), event, NOW)
    assert isinstance(decision, Decision)
    assert not decision.aggregate.may_send(1, reminds_since=event.time)


@pytest.mark.parametrize("kind", list(NoticeKind))
def test_every_kind_of_notice_has_a_mail(kind: NoticeKind) -> None:
    decision = on_notice_requested(BLANK, an_event(NoticeRequested, notices=[NOTICES[kind]]), NOW)
    assert isinstance(decision, Decision)
    assert [job.data["kind"] for job in decision.jobs] == [kind]


@pytest.mark.parametrize(
    ("text", "words"),
    [("tomorrow", "is no date and time"), ("2026-03-02T09:00:00", "has no time zone")],
)
def test_a_moment_that_cannot_be_read_is_refused(text: str, words: str) -> None:
    data = {**NOTICES["expired"]["data"], "expired_at": text}
    event = an_event(NoticeRequested, notices=[{**NOTICES["expired"], "data": data}])
    assert on_notice_requested(BLANK, event, NOW) == Refusal(
        f"a notice of the kind expired: expired_at {words}"
    )


def queued(
    event: Event[NoticeRequested], correspondence: Correspondence = BLANK
) -> Decision[Correspondence]:
    """What a notice leads to; but for its mails the correspondence stays as it is."""
    decision = on_notice_requested(correspondence, event, NOW)
    assert isinstance(decision, Decision)
    assert replace(decision.aggregate, letters=()) == correspondence
    known = {str(letter.id) for letter in decision.aggregate.letters}
    assert known == {job.data["mail_id"] for job in decision.jobs}
    return decision
