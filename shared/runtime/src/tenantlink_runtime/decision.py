"""What a pure handler answers. Domain code may import this module, and no other of the runtime."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from tenantlink_contracts.fact import Fact

A = TypeVar("A")


@dataclass(frozen=True, slots=True)
class NewJob:
    """Work for later or for outside a transaction: a mail, a validation, a deadline.

    There is at most one job per (kind, subject, slot); one with the same or a higher `number`
    replaces it, so a newer round or revision supersedes what an older one still had to do.
    `target` names the outside party that the job bothers (a mail domain, a tenant): only a few
    jobs for one target run at a time.
    """

    kind: str
    due_at: datetime
    number: int = 0
    slot: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    target: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """A fact for one upstream system alone, in its own queue."""

    system: str
    fact: Fact


@dataclass(frozen=True, slots=True)
class Decision(Generic[A]):
    """The aggregate as it is now, the facts to publish about it, the work it leads to, and what
    upstream systems are answered."""

    aggregate: A
    events: tuple[Fact, ...] = ()
    jobs: tuple[NewJob, ...] = ()
    answers: tuple[Answer, ...] = ()


@dataclass(frozen=True, slots=True)
class Refusal:
    """The event can never be handled, and why. It is kept as a dead letter."""

    reason: str
