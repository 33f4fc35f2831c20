"""Refuses, with a sentence, what does not fit the state."""

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Ordered
from onboarding.domain.verbs import Verb, why_not


def require(onboarding: Onboarding, verb: Verb) -> Ordered:
    """The order, where the verb is possible; else NotPossible says why not."""
    reason = why_not(onboarding, verb)
    if reason is not None or onboarding.order is None:
        raise NotPossible(reason or "There is no such order.")
    return onboarding.order
