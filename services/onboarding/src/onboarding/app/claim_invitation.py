"""Add: an operator takes a pending invitation on."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.registers import Claim
from onboarding.domain.verbs import Verb
from tenantlink_runtime.decision import Decision

Decide = Callable[[Onboarding, datetime], Decision[Onboarding]]


def claim(
    onboarding: Onboarding, now: datetime, operator: Operator, take_over: bool
) -> Decision[Onboarding]:
    """Whoever comes second reads who has it, and may take it over."""
    require(onboarding, Verb.ADD)
    held = onboarding.claim
    if held is not None and held.subject == operator.subject:
        return Decision(onboarding)
    if held is not None and not take_over:
        raise NotPossible(f"{held.name} has added this invitation already.")
    return Decision(replace(onboarding, claim=Claim(operator.subject, operator.name, now)))


def holding(operator: Operator, decide: Decide) -> Decide:
    """`decide`, for whoever has added the invitation: two do not complete it at once."""

    def guarded(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
        held = onboarding.claim
        if held is None:
            raise NotPossible("Add it on the Pending Invitations page first.")
        if held.subject != operator.subject:
            raise NotPossible(f"{held.name} has added it. Take it over first.")
        return decide(onboarding, now)

    return guarded
