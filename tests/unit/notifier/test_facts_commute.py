"""Whatever order facts come in, and however often: the correspondence ends in the same state."""

from hypothesis import given
from hypothesis import strategies as st

from notifier.app import drop_queued, queue_mail
from notifier.domain.correspondence import Correspondence
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    NoticeRequested,
    OnboardingCancelled,
    ServiceCreated,
)
from tests.support.events import SUBJECT, an_event
from tests.support.histories import delivered, told

HANDLERS = {
    InvitationIssued: queue_mail.on_invitation_issued,
    NoticeRequested: queue_mail.on_notice_requested,
    InvitationWithdrawn: drop_queued.on_round_ended,
    InvitationExpired: drop_queued.on_round_ended,
    OnboardingCancelled: drop_queued.on_order_ended,
    ServiceCreated: drop_queued.on_order_ended,
}


@st.composite
def a_history(draw: st.DrawFn) -> list[Event[Fact]]:
    """Rounds with their links and how they ended, and how the order did, in order."""
    history: list[Event[Fact]] = []
    for round_ in range(1, draw(st.integers(1, 4)) + 1):
        delivery = draw(st.sampled_from(["mail", "by_hand"]))
        history.append(an_event(InvitationIssued, round=round_, delivery=delivery))
        for end in draw(st.sets(st.sampled_from([InvitationWithdrawn, InvitationExpired]))):
            history.append(an_event(end, round=round_))
    end = draw(st.sampled_from([None, OnboardingCancelled, ServiceCreated]))
    return [*history, an_event(end), an_event(NoticeRequested)] if end else history


@given(data=st.data(), history=a_history())
def test_facts_commute(data: st.DataObject, history: list[Event[Fact]]) -> None:
    in_order = told(Correspondence(SUBJECT), history, HANDLERS)
    shuffled = told(Correspondence(SUBJECT), data.draw(delivered(history)), HANDLERS)
    assert shuffled == in_order


@given(data=st.data(), history=a_history())
def test_whatever_came_before_or_after_nothing_is_sent_for_a_cancelled_order(
    data: st.DataObject, history: list[Event[Fact]]
) -> None:
    cancelled = data.draw(delivered([*history, an_event(OnboardingCancelled)]))
    correspondence = told(Correspondence(SUBJECT), cancelled, HANDLERS)
    assert not any(correspondence.may_send(round_) for round_ in range(1, 6))


@given(data=st.data(), history=a_history())
def test_of_all_rounds_only_the_newest_may_be_sent(
    data: st.DataObject, history: list[Event[Fact]]
) -> None:
    correspondence = told(Correspondence(SUBJECT), data.draw(delivered(history)), HANDLERS)
    newest = max(each.data.round for each in history if isinstance(each.data, InvitationIssued))
    assert not any(correspondence.may_send(round_) for round_ in range(1, newest))
