"""Longer histories than one of each: every round, revision and run says something of its own.

Whoever keeps the wrong one of two registers is found out, because no two of them are alike.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onboarding.app import take_note
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Creation, Run
from onboarding.domain.states import State
from tenantlink_contracts.catalogue import read_by
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.names import ONBOARDING
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_runtime.decision import Refusal
from tests.support.events import NOW, PROBLEM, SUBJECT, an_event
from tests.support.histories import delivered, told
from tests.support.onboarding_builders import a_verdict, an_onboarding

Events = list[Event[Any]]
MOST = 3


def _handler(fact: type[Fact]) -> Any:
    words = re.findall("[A-Z][a-z]+", fact.event_name())
    return getattr(take_note, "_".join(["on", *words]).lower())


HANDLERS = {fact: _handler(fact) for fact in read_by(ONBOARDING)}


@st.composite
def a_round(draw: st.DrawFn, number: int) -> Events:
    """A link, what became of its mail, and perhaps its end."""
    mail = {"round": number, "mail_id": UUID(int=number)}
    issued = an_event(
        InvitationIssued,
        round=number,
        email=f"admin{number}@contoso.example",
        expires_at=NOW + timedelta(days=14 + number),
    )
    delays = [
        an_event(InvitationDelayed, **mail, next_try=NOW + timedelta(minutes=n))
        for n in range(draw(st.integers(0, 2)))
    ]
    fate = draw(st.sampled_from([InvitationSent, InvitationUndeliverable]))
    over = [an_event(InvitationExpired, round=number)] if draw(st.booleans()) else []
    return [issued, *delays, an_event(fate, **mail), *over]


@st.composite
def a_revision(draw: st.DrawFn, number: int) -> Event[Any]:
    """One answer of credential-validator; it numbers revisions, so each has one."""
    ids = {"round": draw(st.integers(1, MOST)), "revision": number}
    if draw(st.booleans()):
        verdict = a_verdict(expires_at=NOW + timedelta(days=number))
        return an_event(DeviceAuthenticated, **ids, verdict=verdict)
    problem = {**PROBLEM, "title": f"problem {number}"}
    return an_event(DeviceAuthenticationFailed, **ids, problem=problem)


@st.composite
def a_run(draw: st.DrawFn, number: int) -> Event[Any]:
    """The answer to one validation."""
    ids = {"run": number, "revision": draw(st.integers(1, MOST))}
    at = NOW + timedelta(hours=number)
    if draw(st.booleans()):
        verdict = a_verdict(expires_at=NOW + timedelta(days=100 + number))
        return an_event(TenantValidated, **ids, at=at, verdict=verdict)
    return an_event(TenantValidationFailed, **ids, at=at)


@st.composite
def histories(draw: st.DrawFn) -> tuple[Onboarding, Events]:
    """Onboarding's own decisions, and what the others said about it, in order."""
    rounds, revisions, runs = (draw(st.integers(1, MOST)) for _ in range(3))
    start = an_onboarding(
        asked_round=rounds,
        withdrawn_round=draw(st.integers(0, rounds)),
        run=Run(runs, draw(st.integers(1, MOST)), NOW),
        creation=draw(st.none() | st.just(Creation(1, NOW))),
    )
    events = [event for n in range(1, rounds + 1) for event in draw(a_round(n))]
    events += [draw(a_revision(n)) for n in range(1, revisions + 1)]
    return start, events + [draw(a_run(n)) for n in range(1, runs + 1)]


@given(st.data(), histories())
def test_a_permuted_and_doubled_history_ends_like_the_one_in_order(
    data: st.DataObject, case: tuple[Onboarding, Events]
) -> None:
    start, history = case
    in_order = told(start, history, HANDLERS)
    otherwise = told(start, data.draw(delivered(history)), HANDLERS)
    assert otherwise == in_order
    assert otherwise.next_actor is in_order.next_actor
    assert otherwise.days_left(NOW) == in_order.days_left(NOW)


@given(st.data(), histories())
def test_no_history_revives_a_cancelled_order(
    data: st.DataObject, case: tuple[Onboarding, Events]
) -> None:
    start, history = case
    dead = replace(start, cancelled_because="ordered twice")
    assert told(dead, data.draw(delivered(history)), HANDLERS).state is State.CANCELLED


@pytest.mark.parametrize("fact", list(HANDLERS))
def test_every_fact_about_an_onboarding_that_never_was_is_refused(fact: type[Fact]) -> None:
    answer = HANDLERS[fact](Onboarding(SUBJECT), an_event(fact), NOW)
    assert isinstance(answer, Refusal)


def test_the_mail_and_link_of_an_old_round_say_nothing_about_the_new_one() -> None:
    history: Events = [an_event(InvitationIssued), an_event(InvitationSent)]
    onboarding = told(an_onboarding(asked_round=2), history, HANDLERS)
    assert not onboarding.email_sent
    assert onboarding.current_link is None


def test_a_mail_that_was_told_twice_is_counted_once() -> None:
    mails: Events = [an_event(InvitationSent), an_event(InvitationSent)]
    assert len(told(an_onboarding(), mails, HANDLERS).sent_mails) == 1
    mails.append(an_event(InvitationSent, mail_id=UUID(int=2)))
    assert len(told(an_onboarding(), mails, HANDLERS).sent_mails) == 2
