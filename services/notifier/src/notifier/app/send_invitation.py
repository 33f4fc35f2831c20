"""Sends an invitation and tells onboarding the truth about it."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from notifier.app.ports import (
    Accepted,
    Correspondences,
    Counts,
    Courier,
    Deferred,
    LinkOpener,
    Pacing,
    Refused,
)
from notifier.domain.correspondence import Correspondence, Fate
from notifier.domain.mails import (
    InvitationAgainMail,
    InvitationMail,
    InvitationReminderMail,
    InvitationRenewalMail,
    Outgoing,
)
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
REMINDER = "reminder"


@dataclass(frozen=True)
class SendInvitation:
    """The verb with its collaborators."""

    courier: Courier
    correspondences: Correspondences
    links: LinkOpener
    pace: Pacing
    count: Counts

    def run(self, job: Job, now: datetime) -> Settlement[Correspondence]:
        """Send what the job holds, unless its link has died meanwhile."""
        issued = InvitationIssued.model_validate(job.data["issued"])
        mail_id = UUID(job.data["mail_id"])
        kind = f"invitation_{issued.kind}"
        known = self.correspondences.find(job.subject)
        if known is None or not known.may_send(issued.round, _reminds_since(issued, job)):
            self.count(kind, Fate.DROPPED)
            return Settlement(partial(_dropped, mail_id=mail_id))
        if now >= issued.expires_at:
            self.count(kind, Fate.UNDELIVERABLE)
            return _undeliverable(issued, mail_id, "The link ended before the mail could be sent.")
        if wait := self.pace.wait(job.target, now):
            return Settlement(unchanged, again_at=now + wait)
        letter = known.letter(mail_id)
        tries = letter.tries if letter else job.attempts
        answer = self._send(job.subject, mail_id, issued)
        settlement, fate = _settled(issued, mail_id, answer, now, tries)
        self.count(kind, fate)
        return settlement

    def _send(
        self, subject: UUID, mail_id: UUID, issued: InvitationIssued
    ) -> Accepted | Deferred | Refused:
        try:
            link = self.links.open_link(issued.link, subject, issued.round)
        except CannotOpen:
            return Refused("The link could not be opened; a new round is needed.")
        return self.courier.send(
            Outgoing(
                mail_id=mail_id,
                recipient=issued.email,
                mail=invitation_mail(issued, link),
                language=issued.language,
                brand=issued.brand,
            )
        )


def invitation_mail(issued: InvitationIssued, link: str) -> InvitationMail:
    """The mail for a link, by the kind of its round."""
    mails = {
        "first": InvitationMail,
        "again": InvitationAgainMail,
        REMINDER: InvitationReminderMail,
        "renewal": InvitationRenewalMail,
    }
    more = {}
    if issued.kind in (REMINDER, "renewal"):
        more = {"secret_expires_at": issued.secret_expires_at}
    return mails[issued.kind](
        link=link,
        customer_name=issued.customer_name,
        full_name=issued.full_name,
        requested_by=issued.requested_by,
        expires_at=issued.expires_at,
        **more,
    )


def _reminds_since(issued: InvitationIssued, job: Job) -> datetime | None:
    return datetime.fromisoformat(job.data["at"]) if issued.kind == REMINDER else None


def _settled(
    issued: InvitationIssued,
    mail_id: UUID,
    answer: Accepted | Deferred | Refused,
    now: datetime,
    tries: int,
) -> tuple[Settlement[Correspondence], Fate]:
    """A mail is put off for later, but never beyond the end of its link."""
    if isinstance(answer, Accepted):
        sent = InvitationSent(round=issued.round, mail_id=mail_id, server_words=answer.words)
        return Settlement(partial(_met, fate=Fate.ACCEPTED, fact=sent)), Fate.ACCEPTED
    next_try = now + growing_delay(tries, FIRST_DELAY_SECONDS)
    if isinstance(answer, Refused) or next_try >= issued.expires_at:
        return _undeliverable(issued, mail_id, answer.words), Fate.UNDELIVERABLE
    delayed = InvitationDelayed(
        round=issued.round, mail_id=mail_id, server_words=answer.words, next_try=next_try
    )
    return Settlement(partial(_met, fate=Fate.DELAYED, fact=delayed), next_try), Fate.DELAYED


def _undeliverable(
    issued: InvitationIssued, mail_id: UUID, words: str
) -> Settlement[Correspondence]:
    fact = InvitationUndeliverable(round=issued.round, mail_id=mail_id, server_words=words)
    return Settlement(partial(_met, fate=Fate.UNDELIVERABLE, fact=fact))


def _dropped(
    correspondence: Correspondence, _now: datetime, mail_id: UUID
) -> Decision[Correspondence]:
    return Decision(correspondence.met(mail_id, Fate.DROPPED))


def _met(
    correspondence: Correspondence,
    _now: datetime,
    fate: Fate,
    fact: InvitationSent | InvitationDelayed | InvitationUndeliverable,
) -> Decision[Correspondence]:
    next_try = fact.next_try if isinstance(fact, InvitationDelayed) else None
    met = correspondence.met(fact.mail_id, fate, fact.server_words, next_try)
    told: tuple[Fact, ...] = (fact,)
    return Decision(met.round_met(fact.round, fate), events=told)
