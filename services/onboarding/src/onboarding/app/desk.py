"""An operator's action on an onboarding: loaded under its lock, decided, saved, noted, at once."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from onboarding.app.ports import NotFound, OnboardingTransactions, Timeline
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.decision import Decision

Decide = Callable[[Onboarding, datetime], Decision[Onboarding]]


@dataclass(frozen=True)
class Desk:
    """Where verbs are carried out."""

    transactions: OnboardingTransactions
    timeline: Timeline
    clock: Clock

    def act(
        self,
        scope: Scope,
        subject: UUID,
        operator: Operator,
        text: str,
        decide: Decide,
        origin: str = "",
    ) -> None:
        """Carry out a decision; NotFound or NotPossible leave everything as it was.

        What changes nothing, such as a second click, is not noted either. `origin` is the network
        address that the operator works from.
        """
        with self.transactions.begin() as uow:
            onboarding = uow.aggregate(subject)
            if onboarding.order is None or not scope.covers(onboarding.order.customer_id):
                raise NotFound
            decision = decide(onboarding, self.clock())
            if decision != Decision(onboarding):
                self.timeline.note(uow, subject, operator, text, origin)
            uow.apply(subject, decision)
