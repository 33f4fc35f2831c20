"""Proves stored credentials again, on onboarding's request."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from credential_validator.app.ports import (
    CredentialsReader,
    Progress,
    Proving,
    Refused,
    Registration,
    SecretStore,
)
from credential_validator.app.tell_expiry import jobs_for_expiry
from credential_validator.app.wait import Wait, wait_for
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credential, Credentials, Request
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.onboarding import TenantValidationRequested
from tenantlink_contracts.values import Check, CheckState, Expected, Verdict
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job, Settlement, unchanged

VALIDATE = "validate"
SINCE = "since"
PATIENCE = timedelta(hours=24)


def on_tenant_validation_requested(
    credentials: Credentials, event: Event[TenantValidationRequested], now: datetime
) -> Decision[Credentials]:
    """A request whose credential is not here yet waits in the row, with a deadline."""
    asked = event.data
    wish = Request(asked.run, asked.revision, asked.why)
    requested = credentials.requested(wish)
    is_news = requested.request != credentials.request
    return Decision(requested, jobs=job_for_open_request(requested, now) if is_news else ())


def job_for_open_request(credentials: Credentials, now: datetime) -> tuple[NewJob, ...]:
    """The job that answers the open request: now, or when its credential has not come in time."""
    wish = credentials.open_request()
    if wish is None:
        return ()
    due_at = now + PATIENCE if credentials.is_awaited(wish.revision) else now
    data = {SINCE: due_at.isoformat()}
    return (NewJob(VALIDATE, due_at=due_at, number=wish.run, data=data),)


def jobs_for_lost_hope(
    before: Credentials, after: Credentials, now: datetime
) -> tuple[NewJob, ...]:
    """A request need not wait any longer for a credential that will never come."""
    wish = after.open_request()
    if wish is None or not before.is_awaited(wish.revision) or after.is_awaited(wish.revision):
        return ()
    return job_for_open_request(after, now)


@dataclass(frozen=True)
class Validate:
    """The verb with its collaborators."""

    prover: Proving
    store: SecretStore
    reader: CredentialsReader
    progress: Progress

    def run(self, job: Job, clock: Clock) -> Settlement[Credentials]:
        """Prove the credential that the newest request names."""
        credentials = self.reader.find(job.subject)
        wish = credentials.open_request() if credentials else None
        if credentials is None or wish is None:
            return Settlement(unchanged)
        checks = Checks()
        with self.progress.of(job.subject, checks, partial(_progressed, wish=wish)):
            answer = self._proven(credentials.credential(wish.revision), clock(), checks)
        since = datetime.fromisoformat(job.data[SINCE])
        wait = wait_for(answer, since, clock()) if isinstance(answer, Refused) else None
        if wait is None:
            return Settlement(partial(_answered, run=wish.run, fact=_fact(wish, answer)))
        told = checks.told(CheckState.WAITING)
        decide = partial(_progressed, checks=told, wish=wish, wait=wait)
        return Settlement(decide, again_at=wait.until)

    def _proven(
        self, credential: Credential | None, now: datetime, checks: Checks
    ) -> Verdict | Refused:
        if credential is None:
            return Refused(problems.CREDENTIAL_GONE.problem())
        registration = Registration(
            credential.tenant,
            credential.client_id,
            self.store.unlock(credential.locked, credential.id),
            Expected(domains=credential.domains),
            credential.declared_expiry,
        )
        return self.prover.prove(registration, now, checks)


def _progressed(
    credentials: Credentials,
    _now: datetime,
    checks: tuple[Check, ...],
    wish: Request,
    wait: Wait | None = None,
) -> Decision[Credentials]:
    if credentials.open_request() != wish:
        return Decision(credentials)
    stepped = credentials.request_stepped()
    fact = AuthenticationProgressed(
        revision=wish.revision,
        step=stepped.request_step,
        run=wish.run,
        checks=checks,
        waiting_for=wait.problem if wait else None,
        next_try=wait.until if wait else None,
    )
    return Decision(stepped, (fact,))


def _fact(wish: Request, answer: Verdict | Refused) -> Fact:
    asked = {"run": wish.run, "revision": wish.revision, "why": wish.why}
    if isinstance(answer, Refused):
        return TenantValidationFailed.model_validate({**asked, "problem": answer.problem})
    return TenantValidated.model_validate({**asked, "verdict": answer})


def _answered(
    credentials: Credentials, now: datetime, run: int, fact: Fact
) -> Decision[Credentials]:
    """An answer about an order that has ended is nobody's business any more."""
    if credentials.ended:
        return Decision(credentials)
    answered = credentials.answered(run)
    if isinstance(fact, TenantValidated):
        answered = answered.learned(fact.revision, fact.verdict.secret.expires_at)
    return Decision(answered, (fact,), jobs_for_expiry(credentials, answered, now))
