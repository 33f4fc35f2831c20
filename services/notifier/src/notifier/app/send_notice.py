"""Sends a notice to one recipient."""

from dataclasses import dataclass
from datetime import datetime

import structlog

from notifier.app.ports import Courier, Deferred, Refused
from notifier.domain.correspondence import Correspondence
from notifier.domain.mails import Mail, ServiceCreatedMail
from tenantlink_contracts.onboarding import NoticeKind
from tenantlink_runtime.job import Job, Settlement, growing_delay, unchanged

_log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 20
_MAILS: dict[NoticeKind, type[Mail]] = {NoticeKind.SERVICE_CREATED: ServiceCreatedMail}


@dataclass(frozen=True)
class SendNotice:
    """The verb with its collaborator."""

    courier: Courier

    def run(self, job: Job, now: datetime) -> Settlement[Correspondence]:
        """Send what the job holds; a notice nobody can take is logged and dropped."""
        mail = _MAILS[NoticeKind(job.data["kind"])](**job.data["data"])
        answer = self.courier.send(job.id, job.data["recipient"], mail)
        if isinstance(answer, Deferred) and job.attempts < MAX_ATTEMPTS:
            return Settlement(unchanged, again_at=now + growing_delay(job.attempts, 30.0))
        if isinstance(answer, (Deferred, Refused)):
            _log.warning("notice_undeliverable", subject=str(job.subject), words=answer.words)
        return Settlement(unchanged)
