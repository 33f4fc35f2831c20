"""The registers of the saga. Each keeps what belongs to the highest number seen."""

from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum, StrEnum
from uuid import UUID

from tenantlink_contracts.values import Problem, Verdict


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was ordered, as onboarding's own authoritative copy says it."""

    reference: str
    customer_id: UUID
    customer_external_id: str
    customer_name: str
    service_type: str
    short_name: str
    full_name: str
    license: str
    licensed_users: int
    email: str
    requested_by: str
    operator_email: str
    at: datetime


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """The link of the highest round that was issued."""

    round: int
    email: str
    expires_at: datetime

    def outranks(self, other: "IssuedLink | None") -> bool:
        """Whether this is the newer truth, whichever of the two came first."""
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, datetime, str]:
        return (self.round, self.expires_at, self.email)


class MailFate(IntEnum):
    """What became of a mail; a later one in this order wins within a round."""

    DELAYED = 1
    UNDELIVERABLE = 2
    SENT = 3


@dataclass(frozen=True, slots=True)
class Mail:
    """The fate of the highest round's mail, in the mail server's words."""

    round: int
    fate: MailFate
    words: str
    next_try: datetime | None = None

    def outranks(self, other: "Mail | None") -> bool:
        """Whether this is the newer truth, whichever of the two came first."""
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, int, str, str]:
        when = self.next_try.isoformat() if self.next_try else ""
        return (self.round, self.fate, when, self.words)


@dataclass(frozen=True, slots=True)
class Authentication:
    """What credential-validator said of a revision: a verdict or a problem."""

    revision: int
    round: int
    verdict: Verdict | None = None
    problem: Problem | None = None

    def outranks(self, other: "Authentication | None") -> bool:
        """Whether this revision is the newer one."""
        return other is None or self.revision > other.revision


@dataclass(frozen=True, slots=True)
class Run:
    """A validation that was asked for. Onboarding numbers runs."""

    number: int
    revision: int
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Validation:
    """The answer to a run."""

    run: int
    revision: int
    at: datetime
    verdict: Verdict | None = None
    problem: Problem | None = None

    def outranks(self, other: "Validation | None") -> bool:
        """Whether this run is the newer one."""
        return other is None or self.run > other.run


@dataclass(frozen=True, slots=True)
class Claim:
    """Which operator has added the pending invitation."""

    subject: str
    name: str
    at: datetime


class Routing(StrEnum):
    """How the service is to be set up in Microsoft 365, in the procedure's words."""

    DEFAULT = "Microsoft 365 default routing and SBC configuration"
    SBC_ONLY = "SBC configuration only"


@dataclass(frozen=True, slots=True)
class M365Settings:
    """What the operator chooses after validation."""

    routing: Routing
    domain: str


@dataclass(frozen=True, slots=True)
class Creation:
    """The service exists, with the credentials of this revision."""

    revision: int
    at: datetime
