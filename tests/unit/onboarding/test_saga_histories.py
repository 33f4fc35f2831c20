"""Longer histories than one of each: every round, revision and run says something of its own.

Whoever keeps the wrong one of two registers is found out, because no two of them are alike.
"""

import re
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from onboarding.app import take_note
from onboarding.domain.attention import attention_of
from onboarding.domain.deadlines import Deadlines, timers
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Creation, Renewal, Run, Typed
from onboarding.domain.states import State
from tenantlink_contracts.catalogue import read_by
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import (
    CredentialsWithdrawn,
    ForwardingRequested,
    InvitationExpired,
    InvitationIssued,
)
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
# A busy machine makes no history wrong.
UNHURRIED = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _handler(fact: type[Fact]) -> Any:
    words = re.findall("[A-Z][a-z]+", fact.event_name())
    return getattr(take_note, "_".join(["on", *words]).lower())


HANDLERS = {fact: _handler(fact) for fact in read_by(ONBOARDING)}


moments = st.integers(0, 3).map(lambda minutes: NOW + timedelta(minutes=minutes))


@st.composite
def a_round(draw: st.DrawFn, number: int) -> Events:
    """A link, what became of its mail, and perhaps its end."""
    mail = {"round": number, "mail_id": UUID(int=number)}
    issued = [
        an_event(
            InvitationIssued,
            at=draw(moments),
            round=number,
            email=f"admin{number}@contoso.example",
            expires_at=NOW + timedelta(days=14 + number),
            delivery=draw(st.sampled_from(["mail", "by_hand"])),
        )
        for _ in range(draw(st.integers(1, 2)))
    ]
    delays = [
        an_event(InvitationDelayed, at=draw(moments), **mail, next_try=NOW + timedelta(minutes=n))
        for n in range(draw(st.integers(0, 2)))
    ]
    fates = draw(st.lists(st.sampled_from([InvitationSent, InvitationUndeliverable]), max_size=2))
    ends = [InvitationExpired] * draw(st.integers(0, 2)) + [ForwardingRequested] * draw(
        st.integers(0, 2)
    )
    return [
        *issued,
        *delays,
        *(an_event(fate, at=draw(moments), **mail) for fate in fates),
        *(an_event(end, at=draw(moments), round=number) for end in ends),
    ]


@st.composite
def a_revision(draw: st.DrawFn, number: int) -> Events:
    """How far its check came, the one answer of credential-validator, and what came after."""
    ids = {"round": draw(st.integers(0, MOST)), "revision": number}
    ids["submission_id"] = UUID(int=draw(st.integers(1, 2)) if ids["round"] == 0 else 10 + number)
    steps = draw(st.lists(st.integers(1, 3), unique=True, max_size=2))
    events: Events = [
        an_event(AuthenticationProgressed, at=draw(moments), step=step, **ids) for step in steps
    ]
    good, answered = draw(st.booleans()), draw(st.booleans())
    if answered and good:
        verdict = a_verdict(expires_at=NOW + timedelta(days=number))
        events.append(an_event(DeviceAuthenticated, at=draw(moments), **ids, verdict=verdict))
    elif answered:
        problem = {**PROBLEM, "title": f"problem {number}"}
        failed = an_event(DeviceAuthenticationFailed, at=draw(moments), **ids, problem=problem)
        events.append(failed)
    if draw(st.booleans()):
        withdrawn = {"round": max(1, ids["round"]), "submission_id": ids["submission_id"]}
        events.append(an_event(CredentialsWithdrawn, **withdrawn, revision=number))
    events += [
        an_event(ClientSecretExpiring, at=draw(moments), revision=number, threshold=threshold)
        for threshold in draw(st.lists(st.sampled_from([60, 14, 1, 0]), unique=True, max_size=2))
    ]
    return events


@st.composite
def a_run(draw: st.DrawFn, number: int) -> Events:
    """How far one validation came, and its answer."""
    ids = {"run": number, "revision": draw(st.integers(1, MOST))}
    at = NOW + timedelta(hours=number)
    steps = draw(st.lists(st.integers(1, 3), unique=True, max_size=2))
    waits = [
        an_event(AuthenticationProgressed, at=draw(moments), step=step, submission_id=None, **ids)
        for step in steps
    ]
    if draw(st.booleans()):
        verdict = a_verdict(expires_at=NOW + timedelta(days=100 + number))
        return [*waits, an_event(TenantValidated, **ids, at=at, verdict=verdict)]
    return [*waits, an_event(TenantValidationFailed, **ids, at=at)]


@st.composite
def histories(draw: st.DrawFn) -> tuple[Onboarding, Events]:
    """Onboarding's own decisions, and what the others said about it, in order."""
    rounds, revisions, runs = (draw(st.integers(1, MOST)) for _ in range(3))
    start = an_onboarding(
        asked_round=rounds,
        withdrawn_round=draw(st.integers(0, rounds)),
        shown_round=draw(st.integers(0, rounds)),
        typed=draw(st.none() | st.just(Typed(UUID(int=1), rounds, NOW))),
        run=Run(runs, draw(st.integers(1, MOST)), NOW),
        renewal=draw(st.none() | st.just(Renewal(rounds, 1))),
        creation=draw(st.none() | st.just(Creation(1, NOW))),
    )
    events = [event for n in range(1, rounds + 1) for event in draw(a_round(n))]
    events += [event for n in range(1, revisions + 1) for event in draw(a_revision(n))]
    return start, events + [event for n in range(1, runs + 1) for event in draw(a_run(n))]


@UNHURRIED
@given(st.data(), histories())
def test_a_permuted_and_doubled_history_ends_like_the_one_in_order(
    data: st.DataObject, case: tuple[Onboarding, Events]
) -> None:
    start, history = case
    in_order = told(start, history, HANDLERS)
    otherwise = told(start, data.draw(delivered(history)), HANDLERS)
    assert otherwise == in_order
    assert otherwise.wait == in_order.wait
    assert otherwise.next_actor is in_order.next_actor
    assert attention_of(otherwise) == attention_of(in_order)
    assert timers(otherwise, Deadlines()) == timers(in_order, Deadlines())
    assert otherwise.days_left(NOW) == in_order.days_left(NOW)


@UNHURRIED
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
