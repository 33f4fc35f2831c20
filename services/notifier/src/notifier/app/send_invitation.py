"""Sends an invitation and tells onboarding the truth about it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from notifier.app.ports import (
    Accepted,
    Correspondences,
    Courier,
    Deferred,
    LinkOpener,
    Refused,
)
from notifier.domain.correspondence import Correspondence, Fate
from notifier.domain.mails import InvitationMail
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job, Settlement, growing_delay, unchanged
from tenantlink_runtime.sealing import CannotOpen

FIRST_DELAY_SECONDS = 30.0


@dataclass(frozen=True)
class SendInvitation:
    """The verb with its collaborators."""

    courier: Courier
    correspondences: Correspondences
    links: LinkOpener

    def run(self, job: Job, now: datetime) -> Settlement[Correspondence]:
        """Send what the job holds, unless its link has died meanwhile."""
        issued = InvitationIssued.model_validate(job.data["issued"])
        mail_id = UUID(job.data["mail_id"])
        known = self.correspondences.find(job.subject)
        if known is None or not known.may_send(issued.round):
            return Settlement(unchanged)
        if now >= issued.expires_at:
            return _undeliverable(issued, mail_id, "The link ended before the mail could be sent.")
        answer = self._send(job.subject, mail_id, issued)
        if isinstance(answer, Deferred):
            return _put_off(issued, mail_id, answer, now, job.attempts)
        if isinstance(answer, Refused):
            return _undeliverable(issued, mail_id, answer.words)
        sent = InvitationSent(round=issued.round, mail_id=mail_id, server_words=answer.words)
        return Settlement(partial(_met, round_=issued.round, fate=Fate.ACCEPTED, fact=sent))

    def _send(
        self, subject: UUID, mail_id: UUID, issued: InvitationIssued
    ) -> Accepted | Deferred | Refused:
        try:
            link = self.links.open_link(issued.link, subject, issued.round)
        except CannotOpen:
            return Refused("The link could not be opened; a new round is needed.")
        mail = InvitationMail(
            link=link,
            customer_name=issued.customer_name,
            full_name=issued.full_name,
            requested_by=issued.requested_by,
            expires_at=issued.expires_at,
        )
        return self.courier.send(mail_id, issued.email, mail)


def _put_off(
    issued: InvitationIssued, mail_id: UUID, answer: Deferred, now: datetime, attempts: int
) -> Settlement[Correspondence]:
    """Later, but never after the link has ended."""
    next_try = now + growing_delay(attempts, FIRST_DELAY_SECONDS)
    if next_try >= issued.expires_at:
        return _undeliverable(issued, mail_id, answer.words)
    delayed = InvitationDelayed(
        round=issued.round, mail_id=mail_id, server_words=answer.words, next_try=next_try
    )
    queued = partial(_met, round_=issued.round, fate=Fate.QUEUED, fact=delayed)
    return Settlement(queued, again_at=next_try)


def _undeliverable(
    issued: InvitationIssued, mail_id: UUID, words: str
) -> Settlement[Correspondence]:
    fact = InvitationUndeliverable(round=issued.round, mail_id=mail_id, server_words=words)
    return Settlement(partial(_met, round_=issued.round, fate=Fate.UNDELIVERABLE, fact=fact))


def _met(
    correspondence: Correspondence, _now: datetime, round_: int, fate: Fate, fact: Fact
) -> Decision[Correspondence]:
    return Decision(correspondence.met(round_, fate), events=(fact,))
