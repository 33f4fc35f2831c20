"""The mails to be sent, as jobs."""

from notifier.app.queue_mail import SEND_INVITATION, SEND_NOTICE
from notifier.app.send_invitation import SendInvitation
from notifier.app.send_notice import SendNotice
from notifier.domain.correspondence import Correspondence
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.host import Injected
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.jobs import job


class NotifierJobs:
    """Part of the service class: what happens outside transactions."""

    clock: Clock = Injected()
    invitations: SendInvitation = Injected()
    notices: SendNotice = Injected()

    @job(SEND_INVITATION)
    def send_invitation(self, job: Job) -> Settlement[Correspondence]:
        """Mail an invitation."""
        return self.invitations.run(job, self.clock())

    @job(SEND_NOTICE)
    def send_notice(self, job: Job) -> Settlement[Correspondence]:
        """Mail a notice."""
        return self.notices.run(job, self.clock())
