"""Sends a notice to one recipient."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from notifier.app.ports import Accepted, Courier, Deferred
from notifier.domain.correspondence import Correspondence
from notifier.domain.mails import notice_mail
from tenantlink_contracts.onboarding import NoticeKind
from tenantlink_runtime.job import Job, Settlement, growing_delay, unchanged

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 20
FIRST_DELAY_SECONDS = 30.0


@dataclass(frozen=True)
class SendNotice:
    """The verb with its collaborator."""

    courier: Courier

    def run(self, job: Job, now: datetime) -> Settlement[Correspondence]:
        """Send what the job holds; a notice nobody can take is logged and dropped."""
        mail = notice_mail(NoticeKind(job.data["kind"]), job.data["data"])
        answer = self.courier.send(job.id, job.data["recipient"], mail)
        if isinstance(answer, Deferred) and job.attempts < MAX_ATTEMPTS:
            delay = growing_delay(job.attempts, FIRST_DELAY_SECONDS)
            return Settlement(unchanged, again_at=now + delay)
        if not isinstance(answer, Accepted):
            _log.warning("notice_undeliverable", subject=str(job.subject), words=answer.words)
        return Settlement(unchanged)
