"""The deadlines of rounds, as jobs."""

from invitation.app import expire
from invitation.app.issue_link import EXPIRE
from invitation.domain.invitation import Invitation
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.jobs import job


class InvitationJobs:
    """Part of the service class: what happens later."""

    @job(EXPIRE)
    def expire(self, job: Job) -> Settlement[Invitation]:
        """A round's time is over."""
        return expire.run(job)
