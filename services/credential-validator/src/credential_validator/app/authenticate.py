"""Handles a submission: numbers it, proves it, keeps its secret when it is good."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

from credential_validator.app.ports import (
    Registration,
    SecretStore,
    SubmissionOpener,
)
from credential_validator.app.prove import MAX_ATTEMPTS, Prover, next_try
from credential_validator.app.validate import job_for_open_request
from credential_validator.domain import problems
from credential_validator.domain.credentials import Credential, Credentials
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.values import Problem, Verdict
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job, Settlement, unchanged
from tenantlink_runtime.sealing import CannotOpen

AUTHENTICATE = "authenticate"


def on_credentials_submitted(
    credentials: Credentials, event: Event[CredentialsSubmitted], now: datetime
) -> Decision[Credentials]:
    """The next revision; a newer one supersedes what is still being proven."""
    if credentials.cancelled:
        return Decision(credentials)
    numbered = credentials.submitted(event.data.round, event.data.submission_id)
    data = event.data.model_dump(mode="json")
    job = NewJob(AUTHENTICATE, due_at=now, number=numbered.last_revision, data=data)
    return Decision(numbered, jobs=(job,))


@dataclass(frozen=True)
class Authenticate:
    """The verb with its collaborators."""

    prover: Prover
    opener: SubmissionOpener
    store: SecretStore

    def run(self, job: Job, now: datetime) -> Settlement[Credentials]:
        """Prove what the job holds; a passing problem is tried again, longer and longer."""
        submitted = CredentialsSubmitted.model_validate(job.data)
        registration = self._open(job.subject, submitted)
        if registration is None:
            problem = problems.SUBMISSION_DAMAGED.problem()
            return Settlement(partial(_failed, revision=job.number, problem=problem))
        answer = self.prover.prove(registration, now)
        if isinstance(answer, Verdict):
            credential = self._keep(registration, job.number)
            return Settlement(partial(_authenticated, credential=credential, verdict=answer))
        if answer.problem.passing and job.attempts < MAX_ATTEMPTS:
            return Settlement(unchanged, again_at=next_try(answer, job.attempts, now))
        return Settlement(partial(_failed, revision=job.number, problem=answer.problem))

    def _open(self, subject: UUID, submitted: CredentialsSubmitted) -> Registration | None:
        try:
            secret = self.opener.open_secret(submitted.credential.sealed, subject, submitted.round)
        except CannotOpen:
            return None
        return Registration(submitted.tenant.strip(), submitted.client_id, secret.strip())

    def _keep(self, registration: Registration, revision: int) -> Credential:
        id_ = new_id()
        locked = self.store.lock(registration.secret, id_)
        return Credential(id_, revision, registration.tenant, registration.client_id, locked)


def _authenticated(
    credentials: Credentials, now: datetime, credential: Credential, verdict: Verdict
) -> Decision[Credentials]:
    submission = credentials.submission(credential.revision)
    if credentials.cancelled or submission is None:
        return Decision(credentials)
    fact = DeviceAuthenticated(
        round=submission.round,
        submission_id=submission.submission_id,
        revision=credential.revision,
        credential_id=credential.id,
        verdict=verdict,
    )
    proved = credentials.proved(credential)
    return Decision(proved, events=(fact,), jobs=job_for_open_request(proved, now))


def _failed(
    credentials: Credentials, _now: datetime, revision: int, problem: Problem
) -> Decision[Credentials]:
    submission = credentials.submission(revision)
    if credentials.cancelled or submission is None:
        return Decision(credentials)
    fact = DeviceAuthenticationFailed(
        round=submission.round,
        submission_id=submission.submission_id,
        revision=revision,
        problem=problem,
    )
    return Decision(credentials, events=(fact,))
