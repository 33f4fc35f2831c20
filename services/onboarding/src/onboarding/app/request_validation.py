"""Has the stored credentials proven again: at Next, and by Validate Authentication."""

from dataclasses import replace
from datetime import datetime, timedelta

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Run
from onboarding.domain.states import State
from tenantlink_contracts.onboarding import TenantValidationRequested, ValidationReason
from tenantlink_runtime.decision import Decision

PATIENCE = timedelta(minutes=1)


def validate(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    """The next run. While one is running its answer is waited for instead, for `PATIENCE`."""
    proven, active = onboarding.proven, onboarding.state is State.ACTIVE
    if proven is None:
        raise NotPossible("There are no credentials to validate yet.")
    if onboarding.is_validating() and not is_late(onboarding, now):
        return Decision(onboarding)
    number = onboarding.run.number + 1 if onboarding.run else 1
    why = ValidationReason.MANUAL if active else ValidationReason.ONBOARDING
    fact = TenantValidationRequested(run=number, revision=proven.revision, why=why)
    run = Run(number, proven.revision, now)
    return Decision(replace(onboarding, run=run), events=(fact,))


def is_late(onboarding: Onboarding, now: datetime) -> bool:
    """Whether the running validation has had no answer for so long that another may be asked."""
    asked_at = onboarding.run.at if onboarding.run else None
    return onboarding.is_validating() and asked_at is not None and now - asked_at > PATIENCE
