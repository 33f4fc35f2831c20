"""Whatever order facts come in, and however often: the invitation ends in the same state."""

from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from invitation.app import end_links, issue_link, learn_outcome
from invitation.domain.invitation import Invitation, LinkState
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    RoundReason,
    ServiceClosed,
    ServiceCreated,
    ServiceRequested,
)
from tests.support.events import NOW, SUBJECT, an_event
from tests.support.histories import delivered, told
from tests.support.invitation_builders import KnownLinks

CREATED, LATER = NOW + timedelta(hours=1), NOW + timedelta(hours=2)
FIRST_REASONS = [each for each in RoundReason if each is not RoundReason.RENEWAL]
HANDLERS = {
    ServiceRequested: partial(issue_link.on_service_requested, links=KnownLinks()),
    InvitationRoundRequested: partial(issue_link.on_round_requested, links=KnownLinks()),
    InvitationWithdrawn: end_links.on_withdrawn,
    OnboardingCancelled: end_links.on_order_ended,
    ServiceClosed: end_links.on_order_ended,
    ServiceCreated: end_links.on_created,
    AuthenticationProgressed: learn_outcome.on_progressed,
    DeviceAuthenticated: learn_outcome.on_authenticated,
    DeviceAuthenticationFailed: learn_outcome.on_failed,
}


@st.composite
def a_history(draw: st.DrawFn) -> list[Event[Fact]]:
    """What onboarding asked for and credential-validator found, in the order it happened."""
    before = draw(st.integers(1, 4))
    rounds = [draw(a_round_of(each, FIRST_REASONS)) for each in range(2, before + 1)]
    history: list[Event[Fact]] = [an_event(ServiceRequested), *rounds]
    for round_ in draw(st.sets(st.integers(1, before))):
        history.append(an_event(InvitationWithdrawn, round=round_))
    history += draw(some_checks(before, 1))
    if draw(st.booleans()):
        history.append(an_event(ServiceCreated, created_at=CREATED))
        after = before + draw(st.integers(0, 3))
        for number in range(before + 1, after + 1):
            history.append(draw(a_round_of(number, list(RoundReason), LATER)))
        history += draw(some_checks(after, 13))
    end = draw(st.sampled_from([None, OnboardingCancelled, ServiceClosed]))
    return [*history, an_event(end)] if end else history


@st.composite
def a_round_of(
    draw: st.DrawFn, number: int, reasons: list[RoundReason], at: datetime = NOW
) -> Event[Fact]:
    """A later round, for any of these reasons."""
    reason = draw(st.sampled_from(reasons))
    return an_event(InvitationRoundRequested, at=at, round=number, reason=reason)


@st.composite
def some_checks(draw: st.DrawFn, rounds: int, first: int) -> list[Event[Fact]]:
    """Submissions of these rounds, how their checks came on, and what came of most of them."""
    facts: list[Event[Fact]] = []
    for revision in range(first, first + draw(st.integers(0, 12))):
        round_ = draw(st.integers(1, rounds))
        ids: dict[str, Any] = {"revision": revision, "round": round_}
        ids["submission_id"] = UUID(int=revision)
        for step in range(1, draw(st.integers(0, 3)) + 1):
            facts.append(an_event(AuthenticationProgressed, step=step, **ids))
        answer = draw(st.sampled_from([None, DeviceAuthenticated, DeviceAuthenticationFailed]))
        if answer is not None:
            facts.append(an_event(answer, **ids))
    return facts


@given(data=st.data(), history=a_history())
def test_facts_commute(data: st.DataObject, history: list[Event[Fact]]) -> None:
    in_order = told(Invitation(SUBJECT), history, HANDLERS)
    shuffled = told(Invitation(SUBJECT), data.draw(delivered(history)), HANDLERS)
    assert shuffled == in_order


@given(data=st.data(), history=a_history())
def test_a_cancelled_order_is_never_revived(
    data: st.DataObject, history: list[Event[Fact]]
) -> None:
    cancelled = [an_event(OnboardingCancelled), *data.draw(delivered(history))]
    invitation = told(Invitation(SUBJECT), cancelled, HANDLERS)
    assert invitation.links == ()
    assert all(invitation.link_state(each, NOW) is LinkState.DEAD for each in range(1, 6))


@given(data=st.data(), history=a_history())
def test_what_was_created_has_no_link_but_those_that_were_asked_for_later(
    data: st.DataObject, history: list[Event[Fact]]
) -> None:
    created = [an_event(ServiceCreated, created_at=CREATED), *history]
    invitation = told(Invitation(SUBJECT), data.draw(delivered(created)), HANDLERS)
    later = {e.data.round for e in history if e.time == LATER and hasattr(e.data, "round")}
    assert {link.round for link in invitation.links} <= later
