"""Each deadline is fired by a clock that is told, never by waiting."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

import pytest

from onboarding.app.run_timers import RETRY, RunTimers
from onboarding.app.what_follows import TIMER, WhatFollows
from onboarding.domain.deadlines import Deadlines, TimerKind, awaited, next_due, timers
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import (
    Authentication,
    Creation,
    HandLink,
    IssuedLink,
    Mail,
    MailFate,
    Progress,
    Run,
    Validation,
)
from onboarding.domain.states import Actor, State
from tenantlink_contracts.onboarding import (
    NoticeKind,
    NoticeRequested,
    OnboardingCancelled,
    TenantValidationRequested,
)
from tenantlink_contracts.values import Problem
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW, PROBLEM, SEALED
from tests.support.onboarding_builders import a_verdict, an_onboarding
from tests.unit.onboarding.test_states import CASES

DEADLINES = Deadlines()
DAY = timedelta(days=1)
LINK = IssuedLink(1, "admin@contoso.example", NOW + 14 * DAY, NOW)
GOOD = Authentication(1, 1, verdict=a_verdict(), at=NOW)
BAD = Authentication(1, 1, problem=Problem.model_validate(PROBLEM), at=NOW)
VALID = Validation(1, 1, NOW, verdict=a_verdict())
RUN = Run(1, 1, NOW)
PROVEN = an_onboarding(link=LINK, auth=GOOD, accepted=(GOOD,))
AT_NOW: dict[State, Onboarding] = {
    State.REQUESTED: an_onboarding(),
    State.AWAITING_CREDENTIALS: an_onboarding(asked_round=0),
    State.INVITED: an_onboarding(link=LINK),
    State.UNDELIVERABLE: an_onboarding(
        link=LINK, mail=Mail(1, MailFate.UNDELIVERABLE, "550", at=NOW)
    ),
    State.EXPIRED: an_onboarding(link=LINK, expired_round=1, expired_at=NOW),
    State.WITHDRAWN: an_onboarding(link=LINK, withdrawn_round=1, withdrawn_at=NOW),
    State.AUTHENTICATING: an_onboarding(link=LINK, progress=Progress(1, 1, 1, began_at=NOW)),
    State.AUTHENTICATION_FAILED: an_onboarding(link=LINK, auth=BAD),
    State.AUTHENTICATED: PROVEN,
    State.VALIDATING: replace(PROVEN, run=RUN),
    State.VALIDATION_FAILED: replace(
        PROVEN, run=RUN, validation=replace(VALID, verdict=None, problem=BAD.problem)
    ),
    State.VALIDATED: replace(PROVEN, run=RUN, validation=VALID, confirmed=VALID),
    State.CREATING: CASES[State.CREATING],
    State.CREATION_FAILED: CASES[State.CREATION_FAILED],
    State.ACTIVE: replace(PROVEN, creation=Creation(1, NOW)),
    State.CANCELLED: CASES[State.CANCELLED],
    State.CLOSED: CASES[State.CLOSED],
}
FIRST = {
    State.REQUESTED: (timedelta(minutes=10), TimerKind.STUCK),
    State.AWAITING_CREDENTIALS: (7 * DAY, TimerKind.REMIND),
    State.INVITED: (14 * DAY + timedelta(minutes=10), TimerKind.STUCK),
    State.UNDELIVERABLE: (7 * DAY, TimerKind.REMIND),
    State.EXPIRED: (7 * DAY, TimerKind.REMIND),
    State.WITHDRAWN: (7 * DAY, TimerKind.REMIND),
    State.AUTHENTICATING: (DAY, TimerKind.STUCK),
    State.AUTHENTICATION_FAILED: (14 * DAY + timedelta(minutes=10), TimerKind.STUCK),
    State.AUTHENTICATED: (7 * DAY, TimerKind.REMIND),
    State.VALIDATING: (DAY, TimerKind.STUCK),
    State.VALIDATION_FAILED: (7 * DAY, TimerKind.REMIND),
    State.VALIDATED: (7 * DAY, TimerKind.REMIND),
    State.CREATING: (DAY, TimerKind.FAIL_CREATION),
    State.CREATION_FAILED: (7 * DAY, TimerKind.REMIND),
}


def fired(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    """What the timer's job leads to, with all that follows."""
    decision = RunTimers(DEADLINES).decide(onboarding, now)
    return WhatFollows()(onboarding, decision, now)


def told(decision: Decision[Onboarding]) -> list[NoticeKind]:
    """The kinds of notices."""
    facts = [each for each in decision.events if isinstance(each, NoticeRequested)]
    return [notice.kind for fact in facts for notice in fact.notices]


@pytest.mark.parametrize("state", State)
def test_every_state_has_been_entered_at_a_time_that_the_registers_tell(state: State) -> None:
    assert AT_NOW[state].state is state
    if state is not State.CANCELLED:
        assert AT_NOW[state].since == NOW


@pytest.mark.parametrize(("state", "first"), FIRST.items())
def test_the_first_thing_that_happens_by_itself(
    state: State, first: tuple[timedelta, TimerKind]
) -> None:
    after, kind = first
    timer = timers(AT_NOW[state], DEADLINES)[0]
    assert (timer.due - NOW, timer.kind) == (after, kind)
    early = fired(AT_NOW[state], timer.due - timedelta(seconds=1))
    assert early.aggregate == AT_NOW[state]
    assert [(job.kind, job.due_at) for job in early.jobs] == [(TIMER, timer.due)]


@pytest.mark.parametrize("state", [State.CANCELLED, State.CLOSED])
def test_nothing_happens_by_itself_after_the_end(state: State) -> None:
    assert next_due(AT_NOW[state], DEADLINES) is None


@pytest.mark.parametrize(
    "state", [each for each, (_, kind) in FIRST.items() if kind is TimerKind.STUCK]
)
def test_what_is_stuck_is_told_once_and_then_waits_for_an_operator(state: State) -> None:
    onboarding = AT_NOW[state]
    due = timers(onboarding, DEADLINES)[0].due
    stuck = fired(onboarding, due)
    assert told(stuck) == [NoticeKind.STUCK]
    assert stuck.aggregate.state is state
    assert stuck.aggregate.next_actor is Actor.OPERATOR
    assert fired(stuck.aggregate, due).events == ()
    assert next_due(stuck.aggregate, DEADLINES) == due + DEADLINES.reminder


def test_what_moves_on_is_stuck_no_more() -> None:
    stuck = fired(AT_NOW[State.REQUESTED], NOW + DAY).aggregate
    moved = stuck.issued(replace(LINK, at=NOW + DAY))
    assert not moved.is_stuck
    assert moved.next_actor is Actor.ADMINISTRATOR


@pytest.mark.parametrize(
    "state", [each for each, (_, kind) in FIRST.items() if kind is TimerKind.REMIND]
)
def test_an_operator_is_reminded_once_and_at_last_it_is_cancelled(state: State) -> None:
    reminded = fired(AT_NOW[state], NOW + 7 * DAY)
    assert told(reminded) == [NoticeKind.WAITING]
    assert fired(reminded.aggregate, NOW + 8 * DAY).events == ()
    end = DEADLINES.awaiting_credentials if state is State.AWAITING_CREDENTIALS else 90 * DAY
    assert next_due(reminded.aggregate, DEADLINES) == NOW + end
    cancelled = fired(reminded.aggregate, NOW + end)
    assert cancelled.aggregate.state is State.CANCELLED
    assert isinstance(cancelled.events[0], OnboardingCancelled)
    assert cancelled.events[0].reason.startswith("nobody went on with it")


def test_without_an_answer_of_the_provisioning_system_the_creation_has_failed() -> None:
    failed = fired(AT_NOW[State.CREATING], NOW + DAY)
    assert failed.aggregate.state is State.CREATION_FAILED
    assert told(failed) == [NoticeKind.CREATION_FAILED]


def test_a_link_for_handing_over_is_forgotten_after_its_minutes() -> None:
    waiting = an_onboarding(link=LINK, hand_link=HandLink(1, SEALED, NOW))
    assert next_due(waiting, DEADLINES) == NOW + DEADLINES.link_shown
    forgotten = fired(waiting, NOW + DEADLINES.link_shown).aggregate
    assert forgotten.hand_link is None
    assert forgotten.handed(HandLink(1, SEALED, NOW)).hand_link is None


def test_an_active_service_is_checked_every_night_at_a_moment_of_its_own() -> None:
    active = AT_NOW[State.ACTIVE]
    due = next_due(active, DEADLINES)
    assert due is not None
    assert timedelta(hours=1) <= due - due.replace(hour=0, minute=0, second=0) < 5 * DAY / 24
    checked = fired(active, due)
    assert checked.events == (TenantValidationRequested(run=1, revision=1, why="nightly"),)
    assert next_due(checked.aggregate, DEADLINES) == due + DAY


def test_checks_are_spread_over_the_night() -> None:
    active = AT_NOW[State.ACTIVE]
    due = {next_due(replace(active, id=UUID(int=n * 7919)), DEADLINES) for n in range(20)}
    assert len(due) == 20


def test_a_check_by_hand_soon_before_the_night_spares_the_night_one() -> None:
    due = next_due(AT_NOW[State.ACTIVE], DEADLINES)
    assert due is not None
    by_hand = replace(AT_NOW[State.ACTIVE], run=Run(1, 1, due - timedelta(hours=2)))
    assert next_due(by_hand, DEADLINES) == due + DAY


def test_what_is_due_and_cannot_be_done_is_tried_again_later() -> None:
    running = replace(AT_NOW[State.ACTIVE], run=Run(1, 1, NOW - 2 * DAY))
    due = next_due(running, DEADLINES)
    assert due is not None
    busy = replace(running, run=Run(1, 1, due - timedelta(seconds=5)))
    odd = Deadlines(nightly_every=timedelta(seconds=2))
    decision = RunTimers(odd).decide(busy, due)
    assert [job.due_at for job in decision.jobs] == [due + RETRY]


def test_a_decision_plans_a_job_only_where_something_happens_sooner_than_before() -> None:
    follows = WhatFollows()
    blank = Onboarding(UUID(int=7))
    ordered = follows(blank, Decision(AT_NOW[State.REQUESTED]), NOW)
    assert [job.due_at for job in ordered.jobs] == [NOW + DEADLINES.requested]
    invited = follows(AT_NOW[State.REQUESTED], Decision(AT_NOW[State.INVITED]), NOW)
    assert invited.jobs == ()
    back = follows(AT_NOW[State.INVITED], Decision(AT_NOW[State.UNDELIVERABLE]), NOW)
    assert [job.due_at for job in back.jobs] == [NOW + 7 * DAY]


def test_people_read_who_is_awaited_until_when_and_what_happens_then() -> None:
    invited = awaited(AT_NOW[State.INVITED], DEADLINES)
    assert (invited.actor, invited.until) == (Actor.ADMINISTRATOR, LINK.expires_at)
    waiting = awaited(AT_NOW[State.AUTHENTICATED], DEADLINES)
    assert (waiting.actor, waiting.until, waiting.then) == (
        Actor.OPERATOR,
        NOW + 90 * DAY,
        "the order is cancelled",
    )
