"""Sends the invitation again, or withdraws it."""

from dataclasses import replace
from datetime import datetime, timedelta

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.states import State
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    RoundReason,
)
from tenantlink_contracts.values import InvitationOrder
from tenantlink_runtime.decision import Decision

SAME_CLICK = timedelta(seconds=10)


def resend(onboarding: Onboarding, now: datetime, operator: Operator) -> Decision[Onboarding]:
    """A new round: the earlier link dies. A double click asks for one, not for two."""
    order = onboarding.order
    if order is None or onboarding.proven is not None or onboarding.state is State.ACTIVE:
        raise NotPossible("The administrator has authenticated; no other link is needed.")
    asked_at = onboarding.round_asked_at
    if asked_at is not None and now - asked_at < SAME_CLICK:
        return Decision(onboarding)
    fact = InvitationRoundRequested(
        round=onboarding.asked_round + 1,
        reason=RoundReason.RESEND,
        invitation=InvitationOrder(email=order.email),
        customer_name=order.customer_name,
        full_name=order.full_name,
        requested_by=operator.name,
    )
    asked = replace(onboarding, asked_round=fact.round, round_asked_at=now)
    return Decision(asked, events=(fact,))


def withdraw(onboarding: Onboarding, _now: datetime) -> Decision[Onboarding]:
    """The link dies; another one can be sent later."""
    if onboarding.proven is not None or onboarding.state is State.ACTIVE:
        raise NotPossible("The administrator has authenticated already.")
    if not onboarding.link_lives:
        raise NotPossible("There is no link that could be withdrawn.")
    round_ = onboarding.asked_round
    withdrawn = replace(onboarding, withdrawn_round=round_)
    return Decision(withdrawn, events=(InvitationWithdrawn(round=round_),))
