"""Deadlines, reminders and nightly checks, as jobs."""

from onboarding.app.run_timers import RunTimers
from onboarding.app.what_follows import TIMER
from onboarding.domain.onboarding import Onboarding
from tenantlink_runtime.host import Injected
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.jobs import job


class OnboardingJobs:
    """Part of the service class: what happens later."""

    timers: RunTimers = Injected()

    @job(TIMER)
    def timer(self, job: Job) -> Settlement[Onboarding]:
        """Something is due, or was once thought to be."""
        return self.timers.run(job)
