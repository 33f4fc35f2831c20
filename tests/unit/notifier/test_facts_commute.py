"""Whatever order facts come in, and however often: the correspondence ends in the same state."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

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
    ServiceClosed,
    ServiceCreated,
)
from tests.support.events import NOW, SEALED, SUBJECT, an_event
from tests.support.histories import delivered, told
from tests.support.notifier_builders import NOTICES

HANDLERS = {
    InvitationIssued: queue_mail.on_invitation_issued,
    NoticeRequested: queue_mail.on_notice_requested,
    InvitationWithdrawn: drop_queued.on_round_ended,
    InvitationExpired: drop_queued.on_round_ended,
    ServiceCreated: drop_queued.on_service_created,
    OnboardingCancelled: drop_queued.on_order_ended,
    ServiceClosed: drop_queued.on_order_ended,
}


class Moments:
    """Every fact of a history happens a minute after the one before."""

    def __init__(self) -> None:
        self._count = 0

    def event(self, kind: type[Fact], /, **changes: Any) -> Event[Fact]:
        """The next fact."""
        self._count += 1
        return an_event(kind, at=NOW + timedelta(minutes=self._count), **changes)


def a_round(draw: st.DrawFn, moments: Moments, number: int, kind: str) -> Iterator[Event[Fact]]:
    """Its link, its reminders, what it led to, and how it ended."""
    delivery = draw(st.sampled_from(["mail", "by_hand"]))
    status = None if kind == "renewal" else f"{SEALED}{number}"
    issued = {"round": number, "delivery": delivery}
    yield moments.event(InvitationIssued, **issued, kind=kind, status_link=status)
    if delivery == "mail" and draw(st.booleans()):
        yield moments.event(InvitationIssued, **issued, kind="reminder")
    if draw(st.booleans()):
        told = draw(st.sampled_from(["receipt", "authenticated", "undeliverable", "attention"]))
        yield moments.event(NoticeRequested, notices=[NOTICES[told]])
    for end in draw(st.sets(st.sampled_from([InvitationWithdrawn, InvitationExpired]))):
        yield moments.event(end, round=number)


@st.composite
def a_history(draw: st.DrawFn) -> list[Event[Fact]]:
    """Rounds until the service is created, rounds that renew its secret, and the end."""
    moments, history = Moments(), []
    before, after = draw(st.integers(1, 4)), draw(st.integers(0, 3))
    for number in range(1, before + 1):
        history += a_round(draw, moments, number, "first" if number == 1 else "again")
    if after:
        history.append(moments.event(ServiceCreated))
        history.append(moments.event(NoticeRequested))
    for number in range(before + 1, before + after + 1):
        history += a_round(draw, moments, number, "renewal")
    if draw(st.booleans()):
        history.append(moments.event(ServiceClosed if after else OnboardingCancelled))
    return history


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
    assert not any(correspondence.may_send(round_) for round_ in range(1, 9))
    assert correspondence.status_link == ""


@given(data=st.data(), history=a_history())
def test_of_all_rounds_only_the_newest_may_be_sent(
    data: st.DataObject, history: list[Event[Fact]]
) -> None:
    correspondence = told(Correspondence(SUBJECT), data.draw(delivered(history)), HANDLERS)
    newest = max(each.data.round for each in history if isinstance(each.data, InvitationIssued))
    assert not any(correspondence.may_send(round_) for round_ in range(1, newest))
