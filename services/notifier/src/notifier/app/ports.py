"""What the verbs need, and do not want to know the technology of."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol
from uuid import UUID

from notifier.domain.correspondence import Correspondence
from notifier.domain.mails import Outgoing
from tenantlink_runtime.decision import Decision


@dataclass(frozen=True, slots=True)
class Accepted:
    """The mail server took the mail over; `words` is its answer."""

    words: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: a 4xx answer, a time-out or no connection."""

    words: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: a 5xx answer, or an address that no server can take."""

    words: str


class Courier(Protocol):
    """Takes mails to the mail server."""

    def send(self, outgoing: Outgoing) -> Accepted | Deferred | Refused:
        """One mail to one recipient."""
        ...


class Correspondences(Protocol):
    """Looks at what is known about an onboarding's mails."""

    def find(self, subject: UUID) -> Correspondence | None:
        """None where nothing is known."""
        ...

    def with_mail(self, mail_id: UUID) -> Correspondence | None:
        """Whose mail that is; None where there is no such mail, or it was long ago."""
        ...


class OpenUnit(Protocol):
    """One transaction, with the aggregates that it has locked."""

    def aggregate(self, subject: UUID) -> Correspondence:
        """As it is now, locked."""
        ...

    def apply(self, subject: UUID, decision: Decision[Correspondence]) -> None:
        """Take over what was decided."""
        ...


class UnitsOfWork(Protocol):
    """Opens transactions."""

    def begin(self) -> AbstractContextManager[OpenUnit]:
        """Commits on leaving, rolls back on an exception."""
        ...


class LinkOpener(Protocol):
    """Opens the links that invitation has sealed to notifier."""

    def open_link(self, sealed: str, subject: UUID, round_: int) -> str:
        """The link in clear, for the mail and nothing else."""
        ...


class Pacing(Protocol):
    """Knows how many mails a domain likes to get."""

    def wait(self, domain: str, now: datetime) -> timedelta:
        """Zero where a mail may go now; else how long it has to wait."""
        ...


class Counts(Protocol):
    """Counts what became of mails, for whoever watches."""

    def __call__(self, kind: str, outcome: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail in its parts, and whole as it goes over the wire. In clear; never to be logged."""

    subject: str
    text: str
    html: str
    logo: bytes | None
    message: bytes


class Composer(Protocol):
    """Writes mails without sending them."""

    def compose(self, outgoing: Outgoing) -> Composed:
        """One mail to one recipient."""
        ...
