"""Whatever order facts come in, and however often: the saga ends in the same state."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from onboarding.app import take_note
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Run
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tests.support.events import an_event
from tests.support.histories import delivered, told
from tests.support.onboarding_builders import an_onboarding

HANDLERS = {
    InvitationIssued: take_note.on_invitation_issued,
    InvitationSent: take_note.on_invitation_sent,
    InvitationDelayed: take_note.on_invitation_delayed,
    InvitationUndeliverable: take_note.on_invitation_undeliverable,
    InvitationExpired: take_note.on_invitation_expired,
    DeviceAuthenticated: take_note.on_device_authenticated,
    DeviceAuthenticationFailed: take_note.on_device_authentication_failed,
    TenantValidated: take_note.on_tenant_validated,
    TenantValidationFailed: take_note.on_tenant_validation_failed,
}


@st.composite
def a_history(draw: st.DrawFn) -> tuple[Onboarding, list[Event[Fact]]]:
    """An onboarding with its own decisions taken, and what the others said about it."""
    rounds, revisions, runs = (draw(st.integers(1, 3)) for _ in range(3))
    history: list[Event[Fact]] = []
    for number in range(1, rounds + 1):
        history.append(an_event(InvitationIssued, round=number))
        fate = draw(st.sampled_from([InvitationSent, InvitationUndeliverable]))
        history += [an_event(InvitationDelayed, round=number), an_event(fate, round=number)]
        if draw(st.booleans()):
            history.append(an_event(InvitationExpired, round=number))
    for revision in range(1, revisions + 1):
        answer = draw(st.sampled_from([DeviceAuthenticated, DeviceAuthenticationFailed]))
        round_ = draw(st.integers(1, rounds))
        history.append(an_event(answer, revision=revision, round=round_))
    for run in range(1, runs + 1):
        said = draw(st.sampled_from([TenantValidated, TenantValidationFailed]))
        history.append(an_event(said, run=run, revision=draw(st.integers(1, revisions))))
    begun = replace(
        an_onboarding(),
        asked_round=rounds,
        withdrawn_round=draw(st.integers(0, rounds)),
        run=Run(runs, draw(st.integers(1, revisions))),
        cancelled_because=draw(st.none() | st.just("ordered twice")),
    )
    return begun, history


@given(data=st.data(), begun_and_history=a_history())
def test_facts_commute(
    data: st.DataObject, begun_and_history: tuple[Onboarding, list[Event[Fact]]]
) -> None:
    begun, history = begun_and_history
    in_order = told(begun, history, HANDLERS)
    shuffled = told(begun, data.draw(delivered(history)), HANDLERS)
    assert shuffled == in_order
    assert shuffled.state is in_order.state
