"""The envelope: a fact with the CloudEvents attributes that say which, whose, when and why."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar
from uuid import UUID

from tenantlink_contracts.fact import Fact

F_co = TypeVar("F_co", bound=Fact, covariant=True)


@dataclass(frozen=True, slots=True)
class Event(Generic[F_co]):
    """One event. `(source, id)` identifies it for ever; `subject` is the onboarding's id.

    `causation_id` is the id of the event that led to this one; `traceparent` is W3C's.
    """

    id: UUID
    source: str
    subject: UUID
    time: datetime
    data: F_co
    causation_id: UUID | None = None
    traceparent: str | None = None

    @property
    def correlation_id(self) -> UUID:
        """One onboarding is one conversation."""
        return self.subject
