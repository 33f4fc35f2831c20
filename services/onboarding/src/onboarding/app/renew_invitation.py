"""Rounds of the invitation: a new link by mail or by hand, and the end of a link.

Every new round kills the links of the rounds before it. For a service that exists a round asks for
a new secret; the old one is used until the new one is proven.
"""

from dataclasses import replace
from datetime import datetime, timedelta

from onboarding.app.ports import NotPossible
from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Role
from onboarding.domain.registers import Ordered, Renewal
from onboarding.domain.states import State
from onboarding.domain.verbs import Verb
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    RoundReason,
)
from tenantlink_contracts.values import Expected, InvitationOrder
from tenantlink_runtime.decision import Decision

SAME_CLICK = timedelta(seconds=10)
RENEWAL_DAYS = 30
MAX_DAYS = 60


def resend(onboarding: Onboarding, now: datetime, operator: Operator) -> Decision[Onboarding]:
    """A new round: the earlier link dies. A double click asks for one, not for two."""
    order = require(onboarding, Verb.RESEND)
    if _is_same_click(onboarding, RoundReason.RESEND, now):
        return Decision(onboarding)
    return ask(onboarding, order, now, RoundReason.RESEND, operator.name)


def change_address(
    onboarding: Onboarding, now: datetime, operator: Operator, email: str
) -> Decision[Onboarding]:
    """A new link for another address, which has been checked; the earlier link dies."""
    order = require(onboarding, Verb.CHANGE_ADDRESS)
    same = email == onboarding.address
    if same and _is_same_click(onboarding, RoundReason.ADDRESS_CHANGED, now):
        return Decision(onboarding)
    moved = replace(onboarding, new_address=email)
    return ask(moved, order, now, RoundReason.ADDRESS_CHANGED, operator.name)


def extend(
    onboarding: Onboarding, now: datetime, operator: Operator, days: int
) -> Decision[Onboarding]:
    """A new link that is valid for so many days, 1 to 60."""
    order = require(onboarding, Verb.EXTEND)
    if not 1 <= days <= MAX_DAYS:
        raise NotPossible(f"A link can be valid for 1 to {MAX_DAYS} days.")
    if _is_same_click(onboarding, RoundReason.EXTENDED, now):
        return Decision(onboarding)
    return ask(onboarding, order, now, RoundReason.EXTENDED, operator.name, days)


def by_hand(onboarding: Onboarding, now: datetime, operator: Operator) -> Decision[Onboarding]:
    """A new link that no mail takes: an administrator of the provider sees it once."""
    order = require(onboarding, Verb.COPY_LINK)
    if operator.role < Role.ADMINISTRATOR:
        raise NotPossible("Only administrators can see a link.")
    if not onboarding.address:
        raise NotPossible("Name the administrator's address first, with Change address.")
    if _is_same_click(onboarding, RoundReason.BY_HAND, now):
        return Decision(onboarding)
    return ask(onboarding, order, now, RoundReason.BY_HAND, operator.name)


def renew(
    onboarding: Onboarding, now: datetime, operator: Operator, email: str = ""
) -> Decision[Onboarding]:
    """Re-initiate Authentication Flow: a link for a new secret, to the same or another address."""
    order = require(onboarding, Verb.RENEW)
    moved = replace(onboarding, new_address=email) if email else onboarding
    if not moved.address:
        raise NotPossible("Name the administrator's address.")
    if moved == onboarding and _is_same_click(onboarding, RoundReason.RENEWAL, now):
        return Decision(onboarding)
    return ask(moved, order, now, RoundReason.RENEWAL, operator.name)


def withdraw(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    """The link dies; another one can be sent later."""
    require(onboarding, Verb.WITHDRAW)
    round_ = onboarding.asked_round
    withdrawn = replace(onboarding, withdrawn_round=round_, withdrawn_at=now)
    return Decision(withdrawn, events=(InvitationWithdrawn(round=round_),))


def ask(
    onboarding: Onboarding,
    order: Ordered,
    now: datetime,
    reason: RoundReason,
    requested_by: str,
    days: int | None = None,
) -> Decision[Onboarding]:
    """The next round. What an existing service asks for by mail is always a renewal."""
    active = onboarding.state is State.ACTIVE
    kind = RoundReason.RENEWAL if active and reason is not RoundReason.BY_HAND else reason
    verdict = onboarding.newest_verdict
    fact = InvitationRoundRequested(
        round=max(onboarding.asked_round, 1) + 1,
        reason=kind,
        invitation=InvitationOrder(
            email=onboarding.address,
            language=order.language,
            brand=order.brand,
            valid_days=days or (RENEWAL_DAYS if active else order.valid_days),
        ),
        customer_name=order.customer_name,
        full_name=order.full_name,
        requested_by=requested_by,
        expected=expected(onboarding, order),
        secret_expires_at=verdict.secret.expires_at if active and verdict else None,
    )
    asked = replace(
        onboarding,
        asked_round=fact.round,
        asked_because=reason,
        round_asked_at=now,
        renewal=_renewal(onboarding, fact.round) if active else onboarding.renewal,
    )
    return Decision(asked, events=(fact,))


def expected(onboarding: Onboarding, order: Ordered) -> Expected:
    """A service keeps its tenant; before that the order may name one."""
    tenant = order.expected_tenant
    if onboarding.state is State.ACTIVE and onboarding.newest_verdict is not None:
        tenant = onboarding.newest_verdict.tenant.id
    recipient = onboarding.address.rpartition("@")[2].lower()
    domains = dict.fromkeys(filter(None, (*order.customer_domains, recipient)))
    return Expected(tenant=tenant, domains=tuple(domains))


def _renewal(onboarding: Onboarding, round_: int) -> Renewal:
    revision = onboarding.proven.revision if onboarding.proven else 0
    earlier = onboarding.renewal
    same = earlier is not None and earlier.revision == revision
    return Renewal(round_, revision, earlier.threshold if earlier and same else None)


def _is_same_click(onboarding: Onboarding, reason: RoundReason, now: datetime) -> bool:
    asked_at = onboarding.round_asked_at
    same = onboarding.asked_because is reason
    return same and asked_at is not None and now - asked_at < SAME_CLICK
