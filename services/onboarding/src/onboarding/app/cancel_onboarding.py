"""Cancels an order that is not active yet: for good."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.verbs import Verb
from tenantlink_contracts.onboarding import OnboardingCancelled
from tenantlink_runtime.decision import Decision


def cancel(onboarding: Onboarding, now: datetime, reason: str) -> Decision[Onboarding]:
    """Links die and secrets are shredded, whatever else may still arrive."""
    order = require(onboarding, Verb.CANCEL)
    fact = OnboardingCancelled(reference=order.reference, reason=reason)
    dead = replace(onboarding, cancelled_because=reason, cancelled_at=now, hand_link=None)
    return Decision(dead, events=(fact,))
