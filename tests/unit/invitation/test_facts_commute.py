"""Whatever order facts come in, and however often: the invitation ends in the same state."""

from functools import partial
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from invitation.app import end_links, issue_link, learn_outcome
from invitation.domain.invitation import Invitation, LinkState
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceCreated,
    ServiceRequested,
)
from tests.support.events import NOW, SUBJECT, an_event
from tests.support.histories import delivered, told
from tests.support.invitation_builders import KnownLinks

HANDLERS = {
    ServiceRequested: partial(issue_link.on_service_requested, links=KnownLinks()),
    InvitationRoundRequested: partial(issue_link.on_round_requested, links=KnownLinks()),
    InvitationWithdrawn: end_links.on_withdrawn,
    OnboardingCancelled: end_links.on_order_ended,
    ServiceCreated: end_links.on_order_ended,
    DeviceAuthenticated: learn_outcome.on_authenticated,
    DeviceAuthenticationFailed: learn_outcome.on_failed,
}


@st.composite
def a_history(draw: st.DrawFn) -> list[Event[Fact]]:
    """What onboarding asked for and credential-validator found, in the order it happened."""
    rounds = draw(st.integers(1, 4))
    history: list[Event[Fact]] = [an_event(ServiceRequested)]
    history += [an_event(InvitationRoundRequested, round=each) for each in range(2, rounds + 1)]
    for round_ in draw(st.sets(st.integers(1, rounds))):
        history.append(an_event(InvitationWithdrawn, round=round_))
    for revision in range(1, draw(st.integers(0, 8)) + 1):
        answer = draw(st.sampled_from([DeviceAuthenticated, DeviceAuthenticationFailed]))
        submission = UUID(int=revision)
        round_ = draw(st.integers(1, rounds))
        history.append(an_event(answer, revision=revision, round=round_, submission_id=submission))
    end = draw(st.sampled_from([None, OnboardingCancelled, ServiceCreated]))
    return [*history, an_event(end)] if end else history


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
