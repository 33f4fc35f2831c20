"""Has the stored credentials proven again: at Next, by Validate Authentication, and each night."""

from dataclasses import replace
from datetime import datetime, timedelta

from onboarding.app.ports import NotPossible
from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Run
from onboarding.domain.states import State
from onboarding.domain.verbs import Verb
from tenantlink_contracts.onboarding import TenantValidationRequested, ValidationReason
from tenantlink_runtime.decision import Decision

PATIENCE = timedelta(minutes=1)


def validate(
    onboarding: Onboarding, now: datetime, why: ValidationReason | None = None
) -> Decision[Onboarding]:
    """The next run. While one is running its answer is waited for instead, for `PATIENCE`."""
    require(onboarding, Verb.VALIDATE)
    proven, active = onboarding.proven, onboarding.state is State.ACTIVE
    if proven is None:
        raise NotPossible("There are no credentials to validate yet.")
    asks_anew = onboarding.run is not None and onboarding.run.revision != proven.revision
    if onboarding.is_validating() and not asks_anew and not is_late(onboarding, now):
        return Decision(onboarding)
    number = onboarding.run.number + 1 if onboarding.run else 1
    reason = why or (ValidationReason.MANUAL if active else ValidationReason.ONBOARDING)
    fact = TenantValidationRequested(run=number, revision=proven.revision, why=reason)
    run = Run(number, proven.revision, now, reason)
    return Decision(replace(onboarding, run=run), events=(fact,))


def is_late(onboarding: Onboarding, now: datetime) -> bool:
    """Whether the running validation has had no answer for so long that another may be asked."""
    asked_at = onboarding.run.at if onboarding.run else None
    return onboarding.is_validating() and asked_at is not None and now - asked_at > PATIENCE
