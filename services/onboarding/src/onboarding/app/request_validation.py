"""Has the stored credentials proven again: at Next, and by Validate Authentication."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Run
from onboarding.domain.states import State
from tenantlink_contracts.onboarding import TenantValidationRequested, ValidationReason
from tenantlink_runtime.decision import Decision


def validate(onboarding: Onboarding, _now: datetime) -> Decision[Onboarding]:
    """The next run. While one is still running, its answer is waited for instead."""
    if onboarding.proven is None:
        raise NotPossible("There are no credentials to validate yet.")
    if onboarding.is_validating():
        return Decision(onboarding)
    active = onboarding.state is State.ACTIVE and onboarding.creation is not None
    revision = onboarding.creation.revision if active and onboarding.creation else 0
    run = Run(
        onboarding.run.number + 1 if onboarding.run else 1,
        revision or onboarding.proven.revision,
    )
    why = ValidationReason.MANUAL if active else ValidationReason.ONBOARDING
    fact = TenantValidationRequested(run=run.number, revision=run.revision, why=why)
    return Decision(replace(onboarding, run=run), events=(fact,))
