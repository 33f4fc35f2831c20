"""Turns facts into mails to be sent."""

from datetime import datetime

from notifier.domain.correspondence import Correspondence
from notifier.domain.mails import notice_mail
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.onboarding import Notice, NoticeRequested
from tenantlink_runtime.decision import Decision, NewJob, Refusal

SEND_INVITATION = "send_invitation"
SEND_NOTICE = "send_notice"


def on_invitation_issued(
    correspondence: Correspondence, event: Event[InvitationIssued], now: datetime
) -> Decision[Correspondence]:
    """Queue the invitation, unless a newer round or an end has overtaken it."""
    issued = correspondence.issued(event.data.round)
    if event.data.delivery != "mail" or not issued.may_send(event.data.round):
        return Decision(issued)
    data = {"mail_id": str(event.id), "issued": event.data.model_dump(mode="json")}
    job = NewJob(
        SEND_INVITATION,
        due_at=now,
        number=event.data.round,
        slot=event.data.kind,
        data=data,
        target=_domain(event.data.email),
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
        except KeyError as missing:
            return Refusal(f"a notice of the kind {notice.kind} needs {missing}")
        jobs += _jobs(notice, f"{event.id}:{number}", now)
    return Decision(correspondence, jobs=tuple(jobs))


def _jobs(notice: Notice, slot: str, now: datetime) -> list[NewJob]:
    return [
        NewJob(
            SEND_NOTICE,
            due_at=now,
            slot=f"{slot}:{recipient}",
            data={"recipient": recipient, "kind": notice.kind, "data": notice.data},
            target=_domain(recipient),
        )
        for recipient in dict.fromkeys(notice.recipients)
    ]


def _domain(address: str) -> str:
    """Only a few mails at a time bother one mail domain."""
    return address.rpartition("@")[2].lower()
