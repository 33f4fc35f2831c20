"""What happens by itself when a time has come. What is due is found out anew when a job fires."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onboarding.app.cancel_onboarding import cancel
from onboarding.app.request_validation import validate
from onboarding.app.what_follows import TIMER
from onboarding.domain.deadlines import Deadlines, TimerKind, next_due, timers
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import CreationFailure, Wait
from onboarding.domain.states import WORDS
from tenantlink_contracts.onboarding import ValidationReason
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job, Settlement

RETRY = timedelta(hours=1)  # for what is due and cannot be done yet, as while a check is running


@dataclass(frozen=True)
class RunTimers:
    """The verb with its settings."""

    deadlines: Deadlines

    def run(self, _job: Job) -> Settlement[Onboarding]:
        """Nothing to do outside the transaction: all is decided under the lock."""
        return Settlement(self.decide)

    def decide(self, onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
        """Everything that is due, and the job for what comes next."""
        decision = Decision(onboarding)
        for timer in timers(onboarding, self.deadlines):
            if timer.due <= now and timer in timers(decision.aggregate, self.deadlines):
                done = _WHAT_HAPPENS[timer.kind](decision.aggregate, now)
                decision = Decision(done.aggregate, decision.events + done.events)
        due = next_due(decision.aggregate, self.deadlines)
        if due is None:
            return decision
        return replace(decision, jobs=(NewJob(TIMER, due if due > now else now + RETRY),))


def _forget_link(onboarding: Onboarding, _now: datetime) -> Decision[Onboarding]:
    link = onboarding.hand_link
    shown = link.round if link else onboarding.shown_round
    return Decision(replace(onboarding, hand_link=None, shown_round=shown))


def _stuck(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    state, since = onboarding.wait
    return Decision(replace(onboarding, stuck=Wait(state, since, now)))


def _remind(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    state, since = onboarding.wait
    return Decision(replace(onboarding, reminded=Wait(state, since, now)))


def _cancel(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    return cancel(onboarding, now, f"nobody went on with it: {WORDS[onboarding.state]}")


def _fail_creation(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    asked = onboarding.creation_asked
    if asked is None:
        return Decision(onboarding)
    reason = f"No answer of the provisioning system until {asked.deadline:%d %B %Y, %H:%M} UTC."
    failure = CreationFailure(asked.number, reason, now)
    return Decision(replace(onboarding, creation_failure=failure))


def _check(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    return validate(onboarding, now, ValidationReason.NIGHTLY)


_WHAT_HAPPENS: dict[TimerKind, Callable[[Onboarding, datetime], Decision[Onboarding]]] = {
    TimerKind.FORGET_LINK: _forget_link,
    TimerKind.STUCK: _stuck,
    TimerKind.REMIND: _remind,
    TimerKind.CANCEL: _cancel,
    TimerKind.FAIL_CREATION: _fail_creation,
    TimerKind.NIGHTLY: _check,
}
