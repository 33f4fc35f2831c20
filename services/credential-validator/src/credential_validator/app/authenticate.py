"""Handles a submission: numbers it, proves it, keeps its secret when it is good."""

from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from credential_validator.app.ports import (
    Progress,
    Proving,
    Registration,
    SecretStore,
    SubmissionOpener,
)
from credential_validator.app.tell_expiry import jobs_for_expiry
from credential_validator.app.validate import job_for_open_request, jobs_for_lost_hope
from credential_validator.app.wait import Wait, wait_for
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credential, Credentials, Submission
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.values import Check, CheckState, Problem, Verdict
from tenantlink_runtime.clock import Clock, new_id
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job, Settlement, unchanged
from tenantlink_runtime.sealing import CannotOpen

AUTHENTICATE = "authenticate"
SINCE = "since"


def on_credentials_submitted(
    credentials: Credentials, event: Event[CredentialsSubmitted], now: datetime
) -> Decision[Credentials]:
    """The next revision. Numbers follow arrival, which may differ from the order of entering:
    so no submission supersedes another, and whoever entered one gets an answer."""
    numbered = credentials.submitted(event.data.round, event.data.submission_id)
    new = [each for each in numbered.unsettled() if credentials.submission(each.revision) is None]
    data = {**event.data.model_dump(mode="json"), SINCE: now.isoformat()}
    return Decision(numbered, jobs=tuple(_job_of(each, now, data) for each in new))


def jobs_without_secrets(
    before: Credentials, after: Credentials, now: datetime
) -> tuple[NewJob, ...]:
    """For what nobody waits for any more: each takes the place of a job with a sealed secret."""
    waiting = {each.revision for each in after.unsettled()}
    over = (each for each in before.unsettled() if each.revision not in waiting)
    return tuple(_job_of(each, now, {}) for each in over)


def _job_of(submission: Submission, now: datetime, data: dict[str, Any]) -> NewJob:
    slot = str(submission.submission_id)
    return NewJob(
        AUTHENTICATE,
        due_at=now,
        number=submission.revision,
        slot=slot,
        data=data,
        target=str(data.get("tenant", "")),
    )


@dataclass(frozen=True)
class Authenticate:
    """The verb with its collaborators."""

    prover: Proving
    opener: SubmissionOpener
    store: SecretStore
    progress: Progress

    def run(self, job: Job, clock: Clock) -> Settlement[Credentials]:
        """Prove what the job holds; what may pass is waited for, and told as such."""
        if not job.data:
            return Settlement(unchanged)
        submitted = CredentialsSubmitted.model_validate(job.data)
        registration = self._open(job.subject, submitted)
        if registration is None:
            problem = problems.SUBMISSION_DAMAGED.problem()
            return Settlement(partial(_failed, revision=job.number, problem=problem))
        checks = Checks()
        with self.progress.of(job.subject, checks, partial(_progressed, revision=job.number)):
            answer = self.prover.prove(registration, clock(), checks)
        if isinstance(answer, Verdict):
            credential = self._keep(registration, job.number, answer)
            return Settlement(partial(_authenticated, credential=credential, verdict=answer))
        since = datetime.fromisoformat(job.data[SINCE])
        wait = wait_for(answer, since, clock(), registration.secret)
        if wait is None:
            return Settlement(partial(_failed, revision=job.number, problem=answer.problem))
        told = checks.told(CheckState.WAITING)
        decide = partial(_progressed, checks=told, revision=job.number, wait=wait)
        return Settlement(decide, again_at=wait.until)

    def _open(self, subject: UUID, submitted: CredentialsSubmitted) -> Registration | None:
        try:
            secret = self.opener.open_secret(submitted.credential.sealed, subject, submitted.round)
        except CannotOpen:
            return None
        return Registration(
            submitted.tenant.strip(),
            submitted.client_id,
            secret.strip(),
            submitted.expected,
            submitted.credential.declared_expiry,
        )

    def _keep(self, registration: Registration, revision: int, verdict: Verdict) -> Credential:
        """With the tenant's id, also where a domain was entered: a domain may move."""
        id_ = new_id()
        locked = self.store.lock(registration.secret, id_)
        return Credential(
            id_,
            revision,
            str(verdict.tenant.id),
            registration.client_id,
            locked,
            expires_at=verdict.secret.expires_at,
            declared_expiry=registration.declared_expiry,
            domains=registration.expected.domains,
        )


def _progressed(
    credentials: Credentials,
    _now: datetime,
    checks: tuple[Check, ...],
    revision: int,
    wait: Wait | None = None,
) -> Decision[Credentials]:
    submission = credentials.submission(revision)
    if submission is None or submission.settled:
        return Decision(credentials)
    fact = AuthenticationProgressed(
        revision=revision,
        step=submission.step + 1,
        round=submission.round,
        submission_id=submission.submission_id,
        checks=checks,
        waiting_for=wait.problem if wait else None,
        next_try=wait.until if wait else None,
    )
    return Decision(credentials.stepped(revision), (fact,))


def _authenticated(
    credentials: Credentials, now: datetime, credential: Credential, verdict: Verdict
) -> Decision[Credentials]:
    submission = credentials.submission(credential.revision)
    if submission is None or submission.settled:
        return Decision(credentials)
    if credentials.has_proven(submission.round):
        return _failed(credentials, now, submission.revision, problems.ALREADY_CONNECTED.problem())
    fact = DeviceAuthenticated(
        round=submission.round,
        submission_id=submission.submission_id,
        revision=credential.revision,
        credential_id=credential.id,
        verdict=verdict,
    )
    proved = credentials.proved(credential).settled(credential.revision)
    wish = proved.open_request()
    awaited = wish is not None and wish.revision == credential.revision
    wished = job_for_open_request(proved, now) if awaited else ()
    return Decision(proved, (fact,), (*wished, *jobs_for_expiry(credentials, proved, now)))


def _failed(
    credentials: Credentials, now: datetime, revision: int, problem: Problem
) -> Decision[Credentials]:
    submission = credentials.submission(revision)
    if submission is None or submission.settled:
        return Decision(credentials)
    fact = DeviceAuthenticationFailed(
        round=submission.round,
        submission_id=submission.submission_id,
        revision=revision,
        problem=problem,
    )
    settled = credentials.settled(revision)
    return Decision(settled, (fact,), jobs_for_lost_hope(credentials, settled, now))
