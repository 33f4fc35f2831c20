"""Add: an operator takes a pending invitation on."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.registers import Claim
from tenantlink_runtime.decision import Decision


def claim(
    onboarding: Onboarding, now: datetime, operator: Operator, take_over: bool
) -> Decision[Onboarding]:
    """Whoever comes second reads who has it, and may take it over."""
    if onboarding.proven is None:
        raise NotPossible("The customer's administrator has not authenticated yet.")
    held = onboarding.claim
    if held is not None and held.subject != operator.subject and not take_over:
        raise NotPossible(f"{held.name} has added this invitation already.")
    if held is not None and held.subject == operator.subject:
        return Decision(onboarding)
    return Decision(replace(onboarding, claim=Claim(operator.subject, operator.name, now)))
