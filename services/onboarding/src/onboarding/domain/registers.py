"""The registers of the saga. Each keeps what belongs to the highest number seen."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Literal
from uuid import UUID

from tenantlink_contracts.onboarding import NoticeKind, ValidationReason
from tenantlink_contracts.values import Check, Problem, Verdict


@dataclass(frozen=True, slots=True)
class NoticeSettings:
    """Who is told by mail, and of what not. Set for a customer, and for each ordering system.

    `operators` and `administrators` are addresses beside those that the order names: who ordered
    (unless `orderer` is false), and whom the invitation went to. `muted` holds kinds of notices.
    """

    operators: tuple[str, ...] = ()
    administrators: tuple[str, ...] = ()
    orderer: bool = True
    muted: tuple[NoticeKind, ...] = ()


@dataclass(frozen=True, slots=True)
class Ordered:
    """What was ordered, as onboarding's own authoritative copy says it.

    `system` is the upstream system that ordered and is answered; None for console and API. Without
    a link (`with_link` false) the operator types the registration, and `email` may be empty. With
    `completion` `automatic` nobody has to press Next and Create service.
    """

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
    customer_domains: tuple[str, ...] = ()
    system: str | None = None
    with_link: bool = True
    completion: Literal["operator", "automatic"] = "operator"
    language: str = "en"
    brand: str = "default"
    valid_days: int = 14
    expected_tenant: UUID | None = None
    notes: str | None = None
    notices: NoticeSettings = NoticeSettings()

    @property
    def is_automatic(self) -> bool:
        """Whether it is completed without an operator."""
        return self.completion == "automatic"


@dataclass(frozen=True, slots=True)
class IssuedLink:
    """The link of the highest round that was issued."""

    round: int
    email: str
    expires_at: datetime
    at: datetime | None = None

    def outranks(self, other: "IssuedLink | None") -> bool:
        """Whether this is the newer truth, whichever of the two came first.

        Of two links of one round, as with a reminder, the first one counts.
        """
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, datetime, str, float]:
        since = -self.at.timestamp() if self.at else 0.0
        return (self.round, self.expires_at, self.email, since)


class MailFate(IntEnum):
    """What became of a mail; of two that were told at one moment, the later in this order wins."""

    DELAYED = 1
    SENT = 2
    UNDELIVERABLE = 3


@dataclass(frozen=True, slots=True)
class Mail:
    """The fate of the highest round's mail, in the mail server's words.

    What was told last counts: a mail that was accepted may bounce hours later.
    """

    round: int
    fate: MailFate
    words: str
    next_try: datetime | None = None
    at: datetime | None = None

    def outranks(self, other: "Mail | None") -> bool:
        """Whether this is the newer truth, whichever of the two came first."""
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, float, int, str, str]:
        when = self.next_try.isoformat() if self.next_try else ""
        told = self.at.timestamp() if self.at else 0.0
        return (self.round, told, self.fate, when, self.words)


@dataclass(frozen=True, slots=True)
class Authentication:
    """What credential-validator said of a revision: a verdict or a problem."""

    revision: int
    round: int
    verdict: Verdict | None = None
    problem: Problem | None = None
    at: datetime | None = None
    submission_id: UUID | None = None

    def outranks(self, other: "Authentication | None") -> bool:
        """Whether this revision is the newer one."""
        return other is None or self.revision > other.revision


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a check that takes long has come; of a submission, or of a validation (`run`)."""

    revision: int
    step: int
    round: int = 0
    submission_id: UUID | None = None
    run: int = 0
    checks: tuple[Check, ...] = ()
    waiting_for: Problem | None = None
    next_try: datetime | None = None
    began_at: datetime | None = None

    def joined(self, other: "Progress | None") -> "Progress":
        """The newer of the two; it began when the first was told of the same check."""
        if other is None:
            return self
        newest = self if self._rank() > other._rank() else other
        if (self.run, self.revision) != (other.run, other.revision):
            return newest
        began = min(filter(None, (self.began_at, other.began_at)), default=None)
        return replace(newest, began_at=began)

    def _rank(self) -> tuple[int, int, int]:
        return (self.run, self.revision, self.step)


@dataclass(frozen=True, slots=True)
class Typed:
    """A registration that an operator typed. `asked_round`: it counts until a newer link does."""

    submission_id: UUID
    asked_round: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Somebody with a link asks for another one: for another person, or because it has ended."""

    round: int
    at: datetime
    email: str
    why: Literal["other_person", "new_link"] = "other_person"

    def outranks(self, other: "Forwarding | None") -> bool:
        """Whether this is the newer wish."""
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, datetime, str]:
        return (self.round, self.at, self.email)


@dataclass(frozen=True, slots=True)
class HandLink:
    """A link to be handed over by hand: sealed to onboarding, shown once, soon forgotten."""

    round: int
    sealed: str
    at: datetime

    def outranks(self, other: "HandLink | None") -> bool:
        """Whether this is of a newer round; of two of one round the first one counts."""
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, float, str]:
        return (self.round, -self.at.timestamp(), self.sealed)


@dataclass(frozen=True, slots=True)
class Expiring:
    """The secret of a revision ends soon; `threshold` in days."""

    revision: int
    threshold: int
    expires_at: datetime
    at: datetime

    def outranks(self, other: "Expiring | None") -> bool:
        """Whether this is about a newer revision, or nearer to its end."""
        return other is None or self._rank() > other._rank()

    def _rank(self) -> tuple[int, int, datetime]:
        return (self.revision, -self.threshold, self.expires_at)


@dataclass(frozen=True, slots=True)
class Renewal:
    """A round that asks for a new secret. `revision` is the one to be replaced; `threshold` is what
    it was asked for (days), None where an operator wanted it."""

    round: int
    revision: int
    threshold: int | None = None


@dataclass(frozen=True, slots=True)
class Run:
    """A validation that was asked for. Onboarding numbers runs."""

    number: int
    revision: int
    at: datetime | None = None
    why: ValidationReason = ValidationReason.ONBOARDING


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


@dataclass(frozen=True, slots=True)
class CreationAsked:
    """A provisioning system was asked to create the service; `number` counts how often."""

    number: int
    revision: int
    system: str
    at: datetime
    deadline: datetime


@dataclass(frozen=True, slots=True)
class CreationFailure:
    """Why the service could not be created at the attempt `number`."""

    number: int
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Wait:
    """A wait that somebody was told of; it is over once state or beginning are others."""

    state: str
    since: datetime | None
    at: datetime


@dataclass(frozen=True, slots=True)
class End:
    """Why it is over, and since when."""

    reason: str
    at: datetime
