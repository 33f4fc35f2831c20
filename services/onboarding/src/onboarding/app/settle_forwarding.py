"""Approves or declines what somebody with a link has asked for."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.app.possible import require
from onboarding.app.renew_invitation import ask
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.registers import Forwarding
from onboarding.domain.verbs import Verb
from tenantlink_contracts.onboarding import RoundReason
from tenantlink_runtime.decision import Decision


def approve(onboarding: Onboarding, now: datetime, operator: Operator) -> Decision[Onboarding]:
    """A new round to the proposed address, or once more to the same one."""
    order = require(onboarding, Verb.APPROVE)
    wish = _wanted(onboarding)
    settled = replace(onboarding, forwarding_settled=wish)
    if wish.why == "new_link":
        return ask(settled, order, now, RoundReason.RESEND, operator.name)
    moved = replace(settled, new_address=wish.email)
    return ask(moved, order, now, RoundReason.ADDRESS_CHANGED, operator.name)


def decline(onboarding: Onboarding, _now: datetime) -> Decision[Onboarding]:
    """The link stays where it is."""
    require(onboarding, Verb.DECLINE)
    return Decision(replace(onboarding, forwarding_settled=_wanted(onboarding)))


def _wanted(onboarding: Onboarding) -> Forwarding:
    wish = onboarding.wanted_forwarding
    if wish is None:
        raise NotPossible("Nobody asks for another link.")
    return wish
