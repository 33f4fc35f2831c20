"""Issues a link when a round is asked for."""

from datetime import datetime, timedelta

from invitation.app.ports import LinkMinter
from invitation.domain.expectations import with_recipient
from invitation.domain.invitation import Invitation
from invitation.domain.rounds import LinkKind, Round
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.names import NOTIFIER, ONBOARDING
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    RoundReason,
    ServiceRequested,
)
from tenantlink_contracts.values import Expected
from tenantlink_runtime.decision import Decision, NewJob

EXPIRE = "expire"
REMIND = "remind"


def on_service_requested(
    invitation: Invitation, event: Event[ServiceRequested], now: datetime, links: LinkMinter
) -> Decision[Invitation]:
    """The first round, where the orderer wants a link sent."""
    order = event.data
    if order.invitation is None:
        return Decision(invitation)
    expected = Expected(tenant=order.expected_tenant, domains=order.customer.domains)
    round_ = Round(
        number=order.round,
        email=order.invitation.email,
        language=order.invitation.language,
        brand=order.invitation.brand,
        asked_at=event.time,
        expires_at=event.time + timedelta(days=order.invitation.valid_days),
        customer_name=order.customer.name,
        full_name=order.full_name,
        requested_by=order.requested_by,
        expected=with_recipient(expected, order.invitation.email),
    )
    return _begin(invitation, round_, now, links)


def on_round_requested(
    invitation: Invitation,
    event: Event[InvitationRoundRequested],
    now: datetime,
    links: LinkMinter,
) -> Decision[Invitation]:
    """A later round, whatever the reason: its link takes the place of all before it."""
    asked = event.data
    round_ = Round(
        number=asked.round,
        email=asked.invitation.email,
        language=asked.invitation.language,
        brand=asked.invitation.brand,
        asked_at=event.time,
        expires_at=event.time + timedelta(days=asked.invitation.valid_days),
        customer_name=asked.customer_name,
        full_name=asked.full_name,
        requested_by=asked.requested_by,
        delivery="by_hand" if asked.reason is RoundReason.BY_HAND else "mail",
        renewal=asked.reason is RoundReason.RENEWAL,
        expected=with_recipient(asked.expected, asked.invitation.email),
        secret_expires_at=asked.secret_expires_at,
    )
    return _begin(invitation, round_, now, links)


def _begin(
    invitation: Invitation, round_: Round, now: datetime, links: LinkMinter
) -> Decision[Invitation]:
    if not invitation.asks_for_newer(round_.number):
        return Decision(invitation)
    began = invitation.began(round_)
    if not began.is_open:
        return Decision(began)
    if now >= round_.expires_at:  # asked too long ago: it expires, and says so
        return Decision(began, jobs=(_deadline(round_),))
    return _issue(began, round_, now, links)


def _issue(
    began: Invitation, round_: Round, now: datetime, links: LinkMinter
) -> Decision[Invitation]:
    """A link for whoever passes it on, and one to the status page for the receipt."""
    reader = ONBOARDING if round_.delivery == "by_hand" else NOTIFIER
    minted = links.mint(began.id, round_.number, reader)
    linked, status_link = began.linked(minted.token_hash), None
    if began.created_at is None and not round_.renewal:
        status = links.mint(began.id, round_.number, NOTIFIER, LinkKind.STATUS)
        linked = linked.linked(status.token_hash, LinkKind.STATUS)
        status_link = status.sealed_link
    issued = issued_link(round_, round_.kind, minted.sealed_link, status_link)
    return Decision(linked, events=(issued,), jobs=deadlines(round_, now))


def deadlines(round_: Round, now: datetime) -> tuple[NewJob, ...]:
    """What is due later in a round. Those of a newer round take their place, or run in vain."""
    reminders = tuple(
        NewJob(REMIND, due_at=due_at, number=round_.number, slot=slot)
        for slot, due_at in round_.reminders().items()
        if due_at > now
    )
    return (_deadline(round_), *reminders)


def _deadline(round_: Round) -> NewJob:
    return NewJob(EXPIRE, due_at=round_.expires_at, number=round_.number)


def issued_link(
    round_: Round, kind: str, sealed_link: str, status_link: str | None = None
) -> InvitationIssued:
    """The fact that a link exists, with all that its mail tells."""
    return InvitationIssued.model_validate(
        {
            "round": round_.number,
            "kind": kind,
            "delivery": round_.delivery,
            "email": round_.email,
            "link": sealed_link,
            "status_link": status_link,
            "expires_at": round_.expires_at,
            "language": round_.language,
            "brand": round_.brand,
            "customer_name": round_.customer_name,
            "full_name": round_.full_name,
            "requested_by": round_.requested_by,
            "secret_expires_at": round_.secret_expires_at,
        }
    )
