"""The questions to Microsoft, as jobs."""

from credential_validator.app.authenticate import AUTHENTICATE, Authenticate
from credential_validator.app.validate import VALIDATE, Validate
from credential_validator.domain.credentials import Credentials
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.host import Injected
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.jobs import job


class CredentialValidatorJobs:
    """Part of the service class: what happens outside transactions."""

    clock: Clock = Injected()
    authentication: Authenticate = Injected()
    validation: Validate = Injected()

    @job(AUTHENTICATE)
    def authenticate(self, job: Job) -> Settlement[Credentials]:
        """Prove a submission."""
        return self.authentication.run(job, self.clock())

    @job(VALIDATE)
    def validate(self, job: Job) -> Settlement[Credentials]:
        """Prove what is stored."""
        return self.validation.run(job, self.clock())
