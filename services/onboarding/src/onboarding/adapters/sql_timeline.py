"""The timeline in PostgreSQL: what events say, and what operators did."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onboarding.adapters.tables import timeline
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.words import describe
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.unit_of_work import UnitOfWork


class SqlTimeline:
    """A projection of the runtime for events, and a port of the verbs for people."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    def __call__(
        self,
        connection: sa.Connection,
        handled: Sequence[Event[Fact]],
        recorded: Sequence[Event[Fact]],
    ) -> None:
        """One multi-row insert for all events of a transaction."""
        rows = [_row(event) for event in (*handled, *recorded)]
        if rows:
            connection.execute(timeline.insert().values(rows))

    def note(
        self, uow: UnitOfWork[Onboarding], subject: UUID, operator: Operator, text: str
    ) -> None:
        """What an operator did."""
        row = {
            "subject": subject,
            "at": self._clock(),
            "actor": operator.name,
            "name": "action",
            "text": text,
        }
        uow.connection.execute(timeline.insert().values(row))


def _row(event: Event[Fact]) -> dict[str, Any]:
    return {
        "subject": event.subject,
        "at": event.time,
        "actor": event.source.rpartition("/")[2],
        "name": event.data.event_name(),
        "text": describe(event.data),
    }
