"""Builders of credentials, with defaults, and the collaborators that tests give to verbs."""

import base64
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from uuid import UUID

from credential_validator.app import authenticate, end, tell_expiry, validate
from credential_validator.app.authenticate import AUTHENTICATE, Authenticate
from credential_validator.app.ports import Accepted, Reading, Refused, Registration, Telling
from credential_validator.app.tell_expiry import EXPIRING
from credential_validator.app.validate import VALIDATE, Validate
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credential, Credentials
from credential_validator.domain.expiry import PasswordCredential
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import CredentialsSubmitted, CredentialsWithdrawn
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    TenantValidationRequested,
)
from tenantlink_contracts.values import Application, Tenant, Verdict
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job
from tenantlink_runtime.sealing import CannotOpen
from tests.support.events import (
    CLIENT,
    CREDENTIAL,
    NOW,
    SUBJECT,
    SUBMISSION,
    TENANT,
    VERDICT,
    an_event,
)

GOOD = "abc~a-secret-that-entra-accepts"
BAD = "xyz~a-secret-that-entra-refuses"
# In the form of the secrets that Entra makes today.
FRESH = "abc8Q~a-secret-in-the-form-of-new-secret"
GOOD_VERDICT = Verdict.model_validate(VERDICT)
BUSY = Refused(problems.MICROSOFT_BUSY.problem())
WRONG = Refused(problems.SECRET_WRONG.problem())

HANDLERS = {
    CredentialsSubmitted: authenticate.on_credentials_submitted,
    TenantValidationRequested: validate.on_tenant_validation_requested,
    ServiceCreated: end.on_service_created,
    OnboardingCancelled: end.on_onboarding_cancelled,
    ServiceClosed: end.on_service_closed,
    CredentialsWithdrawn: end.on_credentials_withdrawn,
}


def a_registration(**changes: Any) -> Registration:
    """The three values, right."""
    values = {"tenant": TENANT, "client_id": UUID(CLIENT), "secret": GOOD}
    return Registration(**{**values, **changes})


def a_credential(revision: int = 1, secret: str = GOOD, **changes: Any) -> Credential:
    """A proven one, as `OpenStore` locks its secret."""
    id_ = changes.pop("id", CREDENTIAL)
    values = {"tenant": TENANT, "client_id": UUID(CLIENT), "locked": OpenStore().lock(secret, id_)}
    return Credential(**{"id": id_, "revision": revision, **values, **changes})


def some_credentials(submitted: int = 1, proven: tuple[int, ...] = ()) -> Credentials:
    """So many submissions, some of them proven."""
    credentials = Credentials(SUBJECT)
    for number in range(1, submitted + 1):
        id_ = SUBMISSION if number == 1 else UUID(int=number)
        credentials = credentials.submitted(1, id_)
    for revision in proven:
        credentials = credentials.proved(a_credential(revision)).settled(revision)
    return credentials


def a_password(hint: str | None = "abc", ends_in: float = 90, starts_in: float = -30) -> Any:
    """A secret as Graph tells it; begin and end in days from `NOW`."""
    begin, end_ = NOW + timedelta(days=starts_in), NOW + timedelta(days=ends_in)
    return PasswordCredential(hint, begin, end_)


def sealed(secret: str) -> str:
    """Has the form of a seal; `PlainOpener` opens it."""
    return f"sealed..iv.{base64.urlsafe_b64encode(secret.encode()).decode().rstrip('=')}.tag"


def a_submission(secret: str = GOOD, **changes: Any) -> Event[CredentialsSubmitted]:
    """Somebody entered a registration."""
    credential = {"kind": "secret", "sealed": sealed(secret)}
    return an_event(CredentialsSubmitted, credential=credential, **changes)


def at_now() -> datetime:
    """A clock that stands still."""
    return NOW


def a_job(kind: str, number: int = 1, data: Any = None, since: datetime = NOW) -> Job:
    """A job as the loop claims it; `data` None makes an emptied one, `since` is its begin."""
    held = {} if data is None else {**data, "since": since.isoformat()}
    return Job(new_id(), kind, SUBJECT, number, "", held, 0, new_id())


class Quiet:
    """A `Progress` of proofs that take no time."""

    def of(self, subject: UUID, checks: Checks, tell: Telling) -> AbstractContextManager[None]:
        """Nothing to tell."""
        return nullcontext()


QUIET = Quiet()


class PlainOpener:
    """A `SubmissionOpener` for what `sealed` made."""

    def open_secret(self, sealed: str, subject: UUID, round_: int) -> str:
        """CannotOpen for what is not ours."""
        parts = sealed.split(".")
        if parts[0] != "sealed":
            raise CannotOpen("not ours")
        return base64.urlsafe_b64decode(parts[3] + "=" * (-len(parts[3]) % 4)).decode()


class OpenStore:
    """A `SecretStore` without a key; what it locks is bound to its record all the same."""

    def lock(self, text: str, record: UUID) -> str:
        """Readable, for tests."""
        return f"{record}|{text}"

    def unlock(self, locked: str, record: UUID) -> str:
        """CannotOpen in another record."""
        bound_to, _, text = locked.partition("|")
        if bound_to != str(record):
            raise CannotOpen("another record")
        return text


@dataclass
class ScriptedProver:
    """A `Proving` that answers in turn, the last answer for ever, and notes who was asked about."""

    answers: list[Verdict | Refused]
    asked: list[Registration] = field(default_factory=list)

    def prove(self, registration: Registration, now: datetime, checks: Checks) -> Verdict | Refused:
        """The next answer."""
        self.asked.append(registration)
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]


def ending_in(days: float | None) -> Verdict:
    """A good verdict on a secret that ends so many days after `NOW`."""
    expires_at = None if days is None else NOW + timedelta(days=days)
    secret = GOOD_VERDICT.secret.model_copy(update={"expires_at": expires_at})
    return GOOD_VERDICT.model_copy(update={"secret": secret})


@dataclass
class HonestProver:
    """A `Proving` that accepts `GOOD` secrets alone."""

    verdict: Verdict = GOOD_VERDICT

    def prove(self, registration: Registration, now: datetime, checks: Checks) -> Verdict | Refused:
        """As Entra would."""
        return self.verdict if registration.secret == GOOD else WRONG


@dataclass
class FakeEntra:
    """An `Entra` with one answer; counts its calls."""

    answer: Accepted | Refused = field(default_factory=lambda: Accepted("token", ()))
    calls: int = 0

    def authenticate(self, registration: Registration) -> Accepted | Refused:
        """The answer."""
        self.calls += 1
        return self.answer


@dataclass
class FakeGraph:
    """A `Graph` with one answer, for the tenant of the builders by default."""

    answer: Reading | Refused = field(
        default_factory=lambda: Reading(
            Tenant(id=UUID(TENANT), name="Contoso"),
            Application(client_id=UUID(CLIENT), name="Tenantlink access"),
            (a_password(),),
            (),
        )
    )

    def read(self, token: str, client_id: UUID, checks: Checks) -> Reading | Refused:
        """The answer."""
        return self.answer


@dataclass
class Desk:
    """The row and the jobs of one onboarding, with the runtime's rule for jobs: one per slot, a
    number as high or higher replaces it. Events come and jobs run when a test says so."""

    row: Credentials = field(default_factory=lambda: Credentials(SUBJECT))
    jobs: dict[tuple[str, str], NewJob] = field(default_factory=dict)
    told: list[Fact] = field(default_factory=list)
    verdict: Verdict = GOOD_VERDICT

    def find(self, subject: UUID) -> Credentials:
        """The desk is its own `CredentialsReader`."""
        return self.row

    def deliver(self, event: Event[Any], now: datetime = NOW) -> None:
        """An event arrives."""
        self._apply(HANDLERS[type(event.data)](self.row, event, now))

    def run_one(self, now: datetime = NOW) -> bool:
        """Run a job that is due; whether there was one."""
        due = [key for key, job in self.jobs.items() if job.due_at <= now]
        if not due:
            return False
        job = self.jobs.pop(due[0])
        claimed = Job(new_id(), job.kind, SUBJECT, job.number, job.slot, job.data, 0, new_id())
        prover, store = HonestProver(self.verdict), OpenStore()
        settlement = {
            AUTHENTICATE: partial(
                Authenticate(prover, PlainOpener(), store, QUIET).run, clock=lambda: now
            ),
            VALIDATE: partial(Validate(prover, store, self, QUIET).run, clock=lambda: now),
            EXPIRING: tell_expiry.run,
        }[job.kind](claimed)
        self._apply(settlement.decide(self.row, now))
        return True

    def run_all(self, now: datetime = NOW) -> None:
        """Until nothing is due."""
        while self.run_one(now):
            continue

    def stored_secrets(self) -> list[str]:
        """Every secret that is kept somewhere, be it locked or sealed."""
        store, opener = OpenStore(), PlainOpener()
        waiting = [job.data for job in self.jobs.values() if job.kind == AUTHENTICATE and job.data]
        return [store.unlock(each.locked, each.id) for each in self.row.proven] + [
            opener.open_secret(data["credential"]["sealed"], SUBJECT, 1) for data in waiting
        ]

    def is_waiting_for_credential(self) -> bool:
        """Whether a validation is planned for later."""
        return any(job.kind == VALIDATE and job.due_at > NOW for job in self.jobs.values())

    def _apply(self, decision: Decision[Credentials]) -> None:
        self.row = decision.aggregate
        self.told += decision.events
        for job in decision.jobs:
            earlier = self.jobs.get((job.kind, job.slot))
            if earlier is None or job.number >= earlier.number:
                self.jobs[job.kind, job.slot] = job
