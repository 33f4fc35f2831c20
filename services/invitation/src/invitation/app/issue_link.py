"""Issues a link when a round is asked for."""

from datetime import datetime, timedelta

from invitation.app.ports import LinkMinter
from invitation.domain.invitation import Invitation, Round
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    RoundReason,
    ServiceRequested,
)
from tenantlink_contracts.values import InvitationOrder
from tenantlink_runtime.decision import Decision, NewJob

EXPIRE = "expire"


def on_service_requested(
    invitation: Invitation, event: Event[ServiceRequested], now: datetime, links: LinkMinter
) -> Decision[Invitation]:
    """The first round, where the orderer wants a link sent."""
    order = event.data
    if order.invitation is None:
        return Decision(invitation)
    round_ = _round(
        event.time, order.round, order.invitation, order.customer.name, order.full_name,
        order.requested_by,
    )  # fmt: skip
    return _begin(invitation, round_, "mail", now, links)


def on_round_requested(
    invitation: Invitation,
    event: Event[InvitationRoundRequested],
    now: datetime,
    links: LinkMinter,
) -> Decision[Invitation]:
    """A later round."""
    asked = event.data
    round_ = _round(
        event.time, asked.round, asked.invitation, asked.customer_name, asked.full_name,
        asked.requested_by,
    )  # fmt: skip
    delivery = "by_hand" if asked.reason is RoundReason.BY_HAND else "mail"
    return _begin(invitation, round_, delivery, now, links)


def _round(
    asked_at: datetime,
    number: int,
    order: InvitationOrder,
    customer_name: str,
    full_name: str,
    requested_by: str,
) -> Round:
    return Round(
        number=number,
        email=order.email,
        language=order.language,
        expires_at=asked_at + timedelta(days=order.valid_days),
        customer_name=customer_name,
        full_name=full_name,
        requested_by=requested_by,
    )


def _begin(
    invitation: Invitation, round_: Round, delivery: str, now: datetime, links: LinkMinter
) -> Decision[Invitation]:
    if not invitation.asks_for_newer(round_.number):
        return Decision(invitation)
    began = invitation.began(round_)
    if not began.is_open:
        return Decision(began)
    deadline = NewJob(EXPIRE, due_at=round_.expires_at, number=round_.number)
    if now >= round_.expires_at:
        return Decision(began, jobs=(deadline,))  # asked too long ago: it expires, and says so
    minted = links.mint(invitation.id, round_.number)
    issued = _issued(round_, delivery, minted.sealed_link)
    return Decision(began.linked(minted.token_hash), events=(issued,), jobs=(deadline,))


def _issued(round_: Round, delivery: str, sealed_link: str) -> InvitationIssued:
    return InvitationIssued.model_validate(
        {
            "round": round_.number,
            "kind": "first" if round_.number == 1 else "again",
            "delivery": delivery,
            "email": round_.email,
            "link": sealed_link,
            "expires_at": round_.expires_at,
            "language": round_.language,
            "customer_name": round_.customer_name,
            "full_name": round_.full_name,
            "requested_by": round_.requested_by,
        }
    )
