"""Until when a state may last, and what happens then: a function of the onboarding alone.

A job wakes the onboarding at its next timer; what is due is then found out anew, so a job that
comes too early or twice does no harm.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import WORDS, Actor, State

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deadlines:
    """How long things may take. `nightly_from` is the time of day, in UTC."""

    requested: timedelta = timedelta(minutes=10)
    awaiting_credentials: timedelta = timedelta(days=30)
    authenticating: timedelta = timedelta(hours=24)
    validating: timedelta = timedelta(hours=24)
    creating: timedelta = timedelta(hours=24)
    reminder: timedelta = timedelta(days=7)
    cancelled: timedelta = timedelta(days=90)
    nightly_every: timedelta = timedelta(days=1)
    nightly_from: timedelta = timedelta(hours=1)
    nightly_window: timedelta = timedelta(hours=4)
    link_shown: timedelta = timedelta(minutes=5)


class TimerKind(StrEnum):
    """What happens when a time has come."""

    FORGET_LINK = "the link is forgotten"
    STUCK = "the operator is told"
    FAIL_CREATION = "the creation counts as failed"
    REMIND = "the operator is reminded"
    CANCEL = "the order is cancelled"
    NIGHTLY = "the credentials are checked"


@dataclass(frozen=True, slots=True)
class Timer:
    """One thing that happens at a time."""

    due: datetime
    kind: TimerKind


@dataclass(frozen=True, slots=True)
class Awaited:
    """What an onboarding waits for, from whom, since when, until when, and what happens then."""

    actor: Actor
    words: str
    since: datetime | None
    until: datetime | None
    then: str


def timers(onboarding: Onboarding, deadlines: Deadlines) -> tuple[Timer, ...]:
    """Everything that will happen by itself if nothing else does, the next first."""
    if onboarding.order is None:
        return ()
    found = [*_link(onboarding, deadlines), *_waiting(onboarding, deadlines)]
    if onboarding.state is State.ACTIVE and onboarding.proven is not None:
        found.append(Timer(_next_check(onboarding, deadlines), TimerKind.NIGHTLY))
    return tuple(sorted(found, key=lambda each: each.due))


def next_due(onboarding: Onboarding, deadlines: Deadlines) -> datetime | None:
    """When something happens by itself; None where nothing will."""
    return next((each.due for each in timers(onboarding, deadlines)), None)


def awaited(onboarding: Onboarding, deadlines: Deadlines) -> Awaited:
    """For timeline and lists. The reminder is no end of a wait, so it is not told here."""
    ends = [each for each in _waiting(onboarding, deadlines) if each.kind is not TimerKind.REMIND]
    link, state = onboarding.current_link, onboarding.state
    until, then = (ends[0].due, ends[0].kind.value) if ends else (None, "")
    if link is not None and onboarding.next_actor is Actor.ADMINISTRATOR:
        until, then = link.expires_at, "the link ends"
    return Awaited(onboarding.next_actor, WORDS[state], onboarding.since, until, then)


def _link(onboarding: Onboarding, deadlines: Deadlines) -> list[Timer]:
    link = onboarding.hand_link
    if link is None:
        return []
    return [Timer(link.at + deadlines.link_shown, TimerKind.FORGET_LINK)]


def _waiting(onboarding: Onboarding, deadlines: Deadlines) -> list[Timer]:
    asked = onboarding.creation_asked
    if onboarding.state is State.CREATING and asked is not None:
        return [Timer(asked.deadline, TimerKind.FAIL_CREATION)]
    if onboarding.next_actor is Actor.OPERATOR:
        return _operator(onboarding, deadlines)
    limit = _limit(onboarding, deadlines)
    return [] if limit is None else [Timer(limit, TimerKind.STUCK)]


def _limit(onboarding: Onboarding, deadlines: Deadlines) -> datetime | None:
    """When somebody should have answered. A link's end is told by invitation; this is for the case
    that it is not."""
    since, link = onboarding.since, onboarding.current_link
    if onboarding.state in (State.INVITED, State.AUTHENTICATION_FAILED):
        return link.expires_at + deadlines.requested if link else None
    patience = {
        State.REQUESTED: deadlines.requested,
        State.AUTHENTICATING: deadlines.authenticating,
        State.VALIDATING: deadlines.validating,
    }.get(onboarding.state)
    return None if since is None or patience is None else since + patience


def _operator(onboarding: Onboarding, deadlines: Deadlines) -> list[Timer]:
    stuck, reminded = onboarding.stuck, onboarding.reminded
    since = stuck.at if stuck and onboarding.is_stuck else onboarding.since
    if since is None:
        return []
    waiting = onboarding.state is State.AWAITING_CREDENTIALS
    end = since + (deadlines.awaiting_credentials if waiting else deadlines.cancelled)
    found = [Timer(end, TimerKind.CANCEL)]
    told = reminded is not None and (reminded.state, reminded.since) == onboarding.wait
    if not told and since + deadlines.reminder < end:
        found.insert(0, Timer(since + deadlines.reminder, TimerKind.REMIND))
    return found


def _next_check(onboarding: Onboarding, deadlines: Deadlines) -> datetime:
    """The service's own moment of the night, not soon after another check.

    The moments of all services are spread over the window by their ids.
    """
    every, window = deadlines.nightly_every, deadlines.nightly_window
    spread = timedelta(seconds=onboarding.id.int % max(1, int(window.total_seconds())))
    offset = (deadlines.nightly_from + spread) % every
    checked = [onboarding.since, onboarding.run.at if onboarding.run else None]
    last = max(filter(None, checked), default=_EPOCH) + every / 2
    passed = (last - _EPOCH - offset) // every
    return _EPOCH + offset + (passed + 1) * every
