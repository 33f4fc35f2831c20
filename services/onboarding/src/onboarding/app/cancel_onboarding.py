"""Cancels an order that is not active yet: for good."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import State
from tenantlink_contracts.onboarding import OnboardingCancelled
from tenantlink_runtime.decision import Decision


def cancel(onboarding: Onboarding, _now: datetime, reason: str) -> Decision[Onboarding]:
    """Links die and secrets are shredded, whatever else may still arrive."""
    if onboarding.order is None or onboarding.state is State.ACTIVE:
        raise NotPossible("The service exists; it can be closed, not cancelled.")
    fact = OnboardingCancelled(reference=onboarding.order.reference, reason=reason)
    return Decision(replace(onboarding, cancelled_because=reason), events=(fact,))
