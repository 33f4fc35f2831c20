"""The deadlines and reminders of rounds, as jobs."""

from invitation.app import expire, remind
from invitation.app.issue_link import EXPIRE, REMIND
from invitation.app.ports import LinkMinter
from invitation.domain.invitation import Invitation
from tenantlink_runtime.host import Injected
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.jobs import job


class InvitationJobs:
    """Part of the service class: what happens later."""

    links: LinkMinter = Injected()

    @job(EXPIRE)
    def expire(self, job: Job) -> Settlement[Invitation]:
        """A round's time is over."""
        return expire.run(job)

    @job(REMIND)
    def remind(self, job: Job) -> Settlement[Invitation]:
        """A link has waited for long."""
        return remind.run(job, self.links)
