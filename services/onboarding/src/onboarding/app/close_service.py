"""Closes a service that exists: for good, with a reason."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import End
from onboarding.domain.verbs import Verb
from tenantlink_contracts.onboarding import ServiceClosed
from tenantlink_runtime.decision import Decision


def close(onboarding: Onboarding, now: datetime, reason: str) -> Decision[Onboarding]:
    """Links die and secrets are shredded in the other services."""
    order = require(onboarding, Verb.CLOSE)
    closed = replace(onboarding, closed=End(reason, now), hand_link=None)
    return Decision(closed, events=(ServiceClosed(reference=order.reference, reason=reason),))
