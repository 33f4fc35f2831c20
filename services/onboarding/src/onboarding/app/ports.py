"""What the verbs need, and do not want to know the technology of."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from onboarding.domain.customer import Customer
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from onboarding.domain.registers import NoticeSettings
from tenantlink_runtime.unit_of_work import UnitOfWork


class NotPossible(Exception):
    """What was asked does not fit the state; the text says why and what to do."""


class NotFound(Exception):
    """There is no such thing, or the caller may not know of it."""


class NameTaken(Exception):
    """A living service has this name; `code` is that of the broken rule."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class OnboardingTransactions(Protocol):
    """Opens units of work; NameTaken where a name was taken meanwhile."""

    def begin(self) -> AbstractContextManager[UnitOfWork[Onboarding]]:
        """Commits on leaving."""
        ...


class Timeline(Protocol):
    """Notes what people did; what events say is noted by the runtime's way of an event."""

    def note(
        self,
        uow: UnitOfWork[Onboarding],
        subject: UUID,
        operator: Operator,
        text: str,
        origin: str = "",
    ) -> None:
        """In the same transaction. `origin` is the network address that they worked from."""
        ...


class SecretSealer(Protocol):
    """Seals client secrets."""

    def seal_secret(self, secret: str, subject: UUID, round_: int) -> str:
        """Only credential-validator can open it."""
        ...


class LinkOpener(Protocol):
    """Opens links that are to be handed over by hand."""

    def open_link(self, sealed: str, subject: UUID, round_: int) -> str:
        """The link in clear; NotPossible where it cannot be opened."""
        ...


class Customers(Protocol):
    """The provider's customers."""

    def all(self, scope: Scope) -> list[Customer]:
        """By name."""
        ...

    def find(self, scope: Scope, customer_id: UUID) -> Customer | None:
        """None where there is none that the caller may see."""
        ...

    def find_by_number(self, scope: Scope, external_id: str) -> Customer | None:
        """By the provider's own number; None where there is none that the caller may see."""
        ...

    def add(self, customer: Customer) -> bool:
        """False where the external id is taken."""
        ...

    def change(self, customer_id: UUID, name: str, domains: tuple[str, ...]) -> None:
        """Name and domains, for orders from now on."""
        ...

    def set_notices(self, customer_id: UUID, notices: NoticeSettings) -> None:
        """Who is told of what, for orders from now on."""
        ...

    def found_or_added(self, uow: UnitOfWork[Onboarding], customer: Customer) -> Customer:
        """The one with this external id, added in the same transaction where there was none."""
        ...


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What was answered first under a key; `is_same` is false where other content came first."""

    status: int
    body: str
    is_same: bool


class Idempotency(Protocol):
    """Remembers answers under keys that callers choose."""

    def find(self, caller: str, key: str, content: object) -> FirstAnswer | None:
        """None where nothing was answered under the key."""
        ...

    def keep(self, caller: str, key: str, content: object, status: int, answer: str) -> None:
        """The first answer stays."""
        ...


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line of a timeline."""

    at: datetime
    actor: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Action:
    """One line of the audit trail. `subject` is the identity provider's id of who acted, `origin`
    the network address."""

    at: datetime
    name: str
    subject: str
    origin: str
    text: str


class Onboardings(Protocol):
    """Reads for the pages; every one of them takes a scope."""

    def services(self, scope: Scope) -> list[Onboarding]:
        """Newest first."""
        ...

    def pending(self, scope: Scope) -> list[Onboarding]:
        """Those that are neither active nor cancelled, newest first."""
        ...

    def find(self, scope: Scope, subject: UUID) -> Onboarding | None:
        """None where there is none that the caller may see."""
        ...

    def timeline(self, scope: Scope, subject: UUID) -> list[TimelineEntry]:
        """Oldest first; empty where the caller may not see the onboarding."""
        ...

    def of_same_tenant(self, scope: Scope, subject: UUID) -> list[Onboarding]:
        """Living ones of other customers that are connected to the same Microsoft 365 tenant."""
        ...

    def actions(self, scope: Scope, subject: UUID) -> list[Action]:
        """The audit trail, oldest first; empty where the caller may not see the onboarding."""
        ...

    def names_taken(self, short_name_key: str, dns_label: str) -> list[str]:
        """The codes of the rules that a new service with these names would break."""
        ...
