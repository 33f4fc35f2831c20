"""Turns facts into mails to be sent."""

from datetime import datetime
from uuid import UUID, uuid5

from notifier.domain.correspondence import Correspondence, Letter
from notifier.domain.mails import BadNotice, notice_mail
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.onboarding import Notice, NoticeKind, NoticeRequested
from tenantlink_runtime.decision import Decision, NewJob, Refusal

SEND_INVITATION = "send_invitation"
SEND_NOTICE = "send_notice"

# Both are told because somebody has entered a registration that works.
_PROOF = (NoticeKind.RECEIPT, NoticeKind.AUTHENTICATED)


def on_invitation_issued(
    correspondence: Correspondence, event: Event[InvitationIssued], now: datetime
) -> Decision[Correspondence]:
    """Queue the invitation, unless a newer round or an end has overtaken it."""
    fact = event.data
    renewal = fact.kind == "renewal" or fact.secret_expires_at is not None
    issued = correspondence.issued(fact.round, renewal)
    if fact.status_link:
        issued = issued.shows_status(fact.round, fact.status_link)
    if fact.delivery != "mail":
        return Decision(issued)
    issued = issued.queued(Letter(event.id, event.time, fact.kind, fact.round))
    if not issued.may_queue(fact.round):
        return Decision(issued)
    data = {
        "mail_id": str(event.id),
        "at": event.time.isoformat(),
        "issued": fact.model_dump(mode="json"),
    }
    job = NewJob(
        SEND_INVITATION,
        due_at=now,
        number=fact.round,
        slot=fact.kind,
        data=data,
        target=domain_of(fact.email),
    )
    return Decision(issued, jobs=(job,))


def on_notice_requested(
    correspondence: Correspondence, event: Event[NoticeRequested], now: datetime
) -> Decision[Correspondence] | Refusal:
    """One mail for each recipient, so that one bad address harms nobody else."""
    jobs: list[NewJob] = []
    for number, notice in enumerate(event.data.notices):
        try:
            notice_mail(notice.kind, notice.data)
        except BadNotice as error:
            return Refusal(str(error))
        if notice.kind in _PROOF:
            correspondence = correspondence.proven(event.time)
        for recipient in dict.fromkeys(notice.recipients):
            mail_id = uuid5(event.id, f"{number}:{recipient}")
            correspondence = correspondence.queued(Letter(mail_id, event.time, notice.kind))
            jobs.append(_job(mail_id, recipient, notice, event.data.brand, now))
    return Decision(correspondence, jobs=tuple(jobs))


def _job(mail_id: UUID, recipient: str, notice: Notice, brand: str, now: datetime) -> NewJob:
    data = {
        "mail_id": str(mail_id),
        "recipient": recipient,
        "kind": notice.kind,
        "language": notice.language,
        "brand": brand,
        "data": notice.data,
    }
    return NewJob(
        SEND_NOTICE, due_at=now, slot=str(mail_id), data=data, target=domain_of(recipient)
    )


def domain_of(address: str) -> str:
    """Only a few mails at a time bother one mail domain."""
    return address.rpartition("@")[2].lower()
