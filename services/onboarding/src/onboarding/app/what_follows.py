"""What follows from every decision about an onboarding, whoever took it: in one place.

The next steps of an order that is completed automatically, the renewal of a secret that ends, the
mails to people, the answers to upstream systems, and the job that wakes it at its next deadline.
"""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

from onboarding.app.choose_settings import derived
from onboarding.app.create_service import IMMEDIATE, Provisioning, create
from onboarding.app.renew_invitation import ask
from onboarding.app.request_validation import validate
from onboarding.domain.deadlines import next_due
from onboarding.domain.notices import Telling, notices
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import State
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.onboarding import (
    NoticeRequested,
    OnboardingCancelled,
    RoundReason,
    ServiceClosed,
    ServiceCreated,
    ServiceRequested,
)
from tenantlink_runtime.decision import Answer, Decision, NewJob

TIMER = "timer"
_FOR_ORDERER = (ServiceRequested, ServiceCreated, OnboardingCancelled, ServiceClosed)
_FOR_PROVISIONING = (OnboardingCancelled, ServiceClosed)
Step = Callable[[Onboarding, datetime], Decision[Onboarding]]


@dataclass(frozen=True)
class WhatFollows:
    """`Consequences` of the runtime, for onboardings."""

    telling: Telling = field(default_factory=Telling)
    provisioning: Provisioning = IMMEDIATE
    base_domain: str = ""

    def __call__(
        self, before: Onboarding, decision: Decision[Onboarding], now: datetime
    ) -> Decision[Onboarding]:
        """The decision, and what follows from it."""
        if decision.aggregate is not before:
            decision = self._steps(decision, now)
            decision = self._notices(before, decision)
            decision = self._timer(before, decision)
        return _answers(decision)

    def _steps(self, decision: Decision[Onboarding], now: datetime) -> Decision[Onboarding]:
        """Until nothing more follows by itself."""
        while (step := self._next_step(decision.aggregate)) is not None:
            following = step(decision.aggregate, now)
            if following.aggregate == decision.aggregate:
                return decision
            decision = _and_then(decision, following)
        return decision

    def _next_step(self, onboarding: Onboarding) -> Step | None:
        order, state = onboarding.order, onboarding.state
        if order is None:
            return None
        if state is State.ACTIVE and _renewal_is_due(onboarding):
            return _renew
        if order.is_automatic and state is State.AUTHENTICATED:
            return validate
        if order.is_automatic and state is State.VALIDATED:
            return self._complete
        return None

    def _complete(self, onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
        """With the derived settings; without any the operator has to choose them."""
        settings = onboarding.settings or derived(onboarding, self.base_domain)
        if settings is None:
            return Decision(onboarding)
        return create(replace(onboarding, settings=settings), now, self.provisioning)

    def _notices(self, before: Onboarding, decision: Decision[Onboarding]) -> Decision[Onboarding]:
        after = decision.aggregate
        due = notices(before, after, self.telling)
        already = [each for each in decision.events if isinstance(each, NoticeRequested)]
        if not due or after.order is None:
            return decision
        others = tuple(each for each in decision.events if each not in already)
        told = tuple(notice for each in already for notice in each.notices)
        fact = NoticeRequested(brand=after.order.brand, notices=(*told, *due))
        return replace(decision, events=(*others, fact))

    def _timer(self, before: Onboarding, decision: Decision[Onboarding]) -> Decision[Onboarding]:
        """A job that comes too early finds out itself when to come again, so that only an earlier
        deadline than before has to be written down."""
        deadlines = self.telling.deadlines
        due, earlier = next_due(decision.aggregate, deadlines), next_due(before, deadlines)
        if due is None or (earlier is not None and earlier <= due):
            return decision
        return replace(decision, jobs=(*decision.jobs, NewJob(TIMER, due)))


def _and_then(
    decision: Decision[Onboarding], following: Decision[Onboarding]
) -> Decision[Onboarding]:
    return Decision(
        following.aggregate,
        decision.events + following.events,
        decision.jobs + following.jobs,
        decision.answers + following.answers,
    )


def _answers(decision: Decision[Onboarding]) -> Decision[Onboarding]:
    """Each system hears of each fact once, also where it was answered already."""
    order, asked = decision.aggregate.order, decision.aggregate.creation_asked
    told = {(each.system, id(each.fact)) for each in decision.answers}
    found: list[Answer] = []
    for fact in decision.events:
        for system in (
            order.system if order and isinstance(fact, _FOR_ORDERER) else None,
            asked.system if asked and isinstance(fact, _FOR_PROVISIONING) else None,
        ):
            if system is not None and _is_new(told, system, fact):
                found.append(Answer(system, fact))
    return replace(decision, answers=(*decision.answers, *found)) if found else decision


def _is_new(told: set[tuple[str, int]], system: str, fact: Fact) -> bool:
    key = (system, id(fact))
    if key in told:
        return False
    told.add(key)
    return True


def _renewal_is_due(onboarding: Onboarding) -> bool:
    """Whether the secret in use ends sooner than the administrator was told so far."""
    expiring, proven, renewal = onboarding.expiring, onboarding.proven, onboarding.renewal
    if expiring is None or proven is None or not onboarding.address:
        return False
    if expiring.revision != proven.revision:
        return False
    told = renewal.threshold if renewal and renewal.revision == proven.revision else None
    return told is None or expiring.threshold < told


def _renew(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    """A link for a new secret; the administrator's answer is proven before the old one goes."""
    order, expiring = onboarding.order, onboarding.expiring
    if order is None or expiring is None:
        return Decision(onboarding)
    asked = ask(onboarding, order, now, RoundReason.RENEWAL, order.requested_by)
    renewal = asked.aggregate.renewal
    if renewal is None:
        return asked
    told = replace(renewal, threshold=expiring.threshold)
    return replace(asked, aggregate=replace(asked.aggregate, renewal=told))
