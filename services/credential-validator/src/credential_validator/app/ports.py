"""What the verbs need, and do not want to know the technology of."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credentials
from credential_validator.domain.expiry import PasswordCredential
from tenantlink_contracts.values import Application, Check, Expected, Problem, Tenant, Verdict
from tenantlink_runtime.decision import Decision

Telling = Callable[[Credentials, datetime, tuple[Check, ...]], Decision[Credentials]]


@dataclass(frozen=True, slots=True)
class Registration:
    """The three values somebody entered, and what is expected of them. Not to be logged: repr
    hides the secret."""

    tenant: str
    client_id: UUID
    secret: str
    expected: Expected = field(default_factory=Expected)
    declared_expiry: datetime | None = None

    def __repr__(self) -> str:
        return f"Registration(tenant={self.tenant!r}, client_id={self.client_id}, secret=***)"


@dataclass(frozen=True, slots=True)
class Accepted:
    """Entra issued a token for Graph; `roles` are the permissions named in it."""

    token: str
    roles: tuple[str, ...]

    def __repr__(self) -> str:
        return "Accepted(token=***)"


@dataclass(frozen=True, slots=True)
class Refused:
    """Not accepted; `retry_after` (seconds) is told by Microsoft where the problem passes.

    `is_outage`: nobody answered, or only that it does not work.
    """

    problem: Problem
    retry_after: float | None = None
    is_outage: bool = False


class Entra(Protocol):
    """Microsoft Entra's token endpoint."""

    def authenticate(self, registration: Registration) -> Accepted | Refused:
        """Prove the three values, every time anew: nothing is cached."""
        ...


@dataclass(frozen=True, slots=True)
class Reading:
    """What Graph told. `credentials` and `roles` are None where we may not ask for them."""

    tenant: Tenant
    application: Application
    credentials: tuple[PasswordCredential, ...] | None
    roles: tuple[str, ...] | None


class Graph(Protocol):
    """The reads from Microsoft Graph."""

    def read(self, token: str, client_id: UUID, checks: Checks) -> Reading | Refused:
        """Organisation, application and its consented permissions."""
        ...


class Proving(Protocol):
    """Asks Microsoft about a registration, within the time that an attempt may take."""

    def prove(self, registration: Registration, now: datetime, checks: Checks) -> Verdict | Refused:
        """A verdict, or why there is none; never raises for what Microsoft does."""
        ...


class Progress(Protocol):
    """Tells of a proof that takes longer than a second, while it runs."""

    def of(self, subject: UUID, checks: Checks, tell: Telling) -> AbstractContextManager[None]:
        """While inside: what `tell` decides is committed whenever another check has begun."""
        ...


class SubmissionOpener(Protocol):
    """Opens the secrets that were sealed to credential-validator."""

    def open_secret(self, sealed: str, subject: UUID, round_: int) -> str:
        """The client secret; CannotOpen where it was sealed for another place."""
        ...


class SecretStore(Protocol):
    """Encrypts secrets at rest, each bound to its credential's id."""

    def lock(self, text: str, record: UUID) -> str:
        """The encrypted text."""
        ...

    def unlock(self, locked: str, record: UUID) -> str:
        """The text; CannotOpen where it belongs to another record."""
        ...


class CredentialsReader(Protocol):
    """Looks at what is known about an onboarding's credentials."""

    def find(self, subject: UUID) -> Credentials | None:
        """None where nothing is known."""
        ...
