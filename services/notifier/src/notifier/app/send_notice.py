"""Sends a notice to one recipient."""

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from uuid import UUID

import structlog

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
from notifier.domain.mails import NoticeMail, Outgoing, ReceiptMail, notice_mail
from tenantlink_contracts.onboarding import NoticeKind
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job, Settlement, growing_delay, unchanged
from tenantlink_runtime.sealing import CannotOpen

_log = structlog.get_logger(__name__)

MAX_TRIES = 20
FIRST_DELAY_SECONDS = 30.0


@dataclass(frozen=True)
class SendNotice:
    """The verb with its collaborators."""

    courier: Courier
    correspondences: Correspondences
    links: LinkOpener
    pace: Pacing
    count: Counts

    def run(self, job: Job, now: datetime) -> Settlement[Correspondence]:
        """Send what the job holds; a notice nobody can take is logged and given up."""
        kind, mail_id = NoticeKind(job.data["kind"]), UUID(job.data["mail_id"])
        if wait := self.pace.wait(job.target, now):
            return Settlement(unchanged, again_at=now + wait)
        known = self._known(kind, job)
        letter = known.letter(mail_id)
        tries = letter.tries if letter else job.attempts
        answer = self.courier.send(
            Outgoing(
                mail_id=mail_id,
                recipient=job.data["recipient"],
                mail=self._mail(kind, job, known),
                language=job.data["language"],
                brand=job.data["brand"],
            )
        )
        settlement, fate = _settled(mail_id, answer, now, tries)
        self.count(kind, fate)
        if fate is Fate.UNDELIVERABLE:
            _log.warning(
                "notice_undeliverable",
                subject=str(job.subject),
                kind=kind,
                mail_id=str(mail_id),
                words=answer.words,
            )
        return settlement

    def _known(self, kind: NoticeKind, job: Job) -> Correspondence:
        """Asked for only where it tells something: of earlier tries, or of a receipt's link."""
        found = None
        if job.attempts or kind is NoticeKind.RECEIPT:
            found = self.correspondences.find(job.subject)
        return found or Correspondence(job.subject)

    def _mail(self, kind: NoticeKind, job: Job, known: Correspondence) -> NoticeMail:
        """A receipt has the link to the page that tells how things stand, while there is one."""
        mail = notice_mail(kind, job.data["data"])
        if not isinstance(mail, ReceiptMail) or not known.status_link:
            return mail
        try:
            link = self.links.open_link(known.status_link, known.id, known.status_round)
        except CannotOpen:
            _log.warning("status_link_unreadable", subject=str(known.id))
            return mail
        return replace(mail, status_link=link)


def _settled(
    mail_id: UUID, answer: Accepted | Deferred | Refused, now: datetime, tries: int
) -> tuple[Settlement[Correspondence], Fate]:
    if isinstance(answer, Accepted):
        fate, next_try = Fate.ACCEPTED, None
    elif isinstance(answer, Deferred) and tries < MAX_TRIES:
        fate, next_try = Fate.DELAYED, now + growing_delay(tries, FIRST_DELAY_SECONDS)
    else:
        fate, next_try = Fate.UNDELIVERABLE, None
    met = partial(_met, mail_id=mail_id, fate=fate, words=answer.words, next_try=next_try)
    return Settlement(met, again_at=next_try), fate


def _met(
    correspondence: Correspondence,
    _now: datetime,
    mail_id: UUID,
    fate: Fate,
    words: str,
    next_try: datetime | None,
) -> Decision[Correspondence]:
    return Decision(correspondence.met(mail_id, fate, words, next_try))
