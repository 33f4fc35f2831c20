"""The questions to Microsoft, as jobs, and the time that they may take."""

from datetime import datetime

import eventlet

from credential_validator.app import tell_expiry
from credential_validator.app.authenticate import AUTHENTICATE, Authenticate
from credential_validator.app.ports import Proving, Refused, Registration
from credential_validator.app.validate import VALIDATE, Validate
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credentials
from credential_validator.entrypoints.gauges import Gauges
from tenantlink_contracts.values import Verdict
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.host import Injected
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.jobs import job

# Leaves the runtime's limit of an attempt (45 s) some time for what is told of it.
TOTAL_SECONDS = 40.0


class ProverInTime:
    """Ends an attempt that takes too long, well before its lease lapses.

    The time-outs of a session bound single waits; an answer that drips, or a host with many
    addresses of which none answers, would add up.
    """

    def __init__(self, prover: Proving, seconds: float = TOTAL_SECONDS) -> None:
        self._prover = prover
        self._seconds = seconds

    def prove(self, registration: Registration, now: datetime, checks: Checks) -> Verdict | Refused:
        """What the prover says, or that Microsoft cannot be reached."""
        try:
            with eventlet.Timeout(self._seconds):
                return self._prover.prove(registration, now, checks)
        except eventlet.Timeout:
            return Refused(problems.MICROSOFT_UNREACHABLE.problem())


class CredentialValidatorJobs:
    """Part of the service class: what happens outside transactions."""

    gauges = Gauges()
    clock: Clock = Injected()
    authentication: Authenticate = Injected()
    validation: Validate = Injected()

    @job(AUTHENTICATE)
    def authenticate(self, job: Job) -> Settlement[Credentials]:
        """Prove a submission."""
        return self.authentication.run(job, self.clock)

    @job(VALIDATE)
    def validate(self, job: Job) -> Settlement[Credentials]:
        """Prove what is stored."""
        return self.validation.run(job, self.clock)

    @job(tell_expiry.EXPIRING)
    def tell_expiry(self, job: Job) -> Settlement[Credentials]:
        """Tell that the secret of a service ends."""
        return tell_expiry.run(job)
