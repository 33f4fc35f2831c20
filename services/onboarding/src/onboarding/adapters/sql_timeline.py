"""The timeline in PostgreSQL: what events say, and what operators did."""

import json
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onboarding.adapters.tables import onboardings, timeline
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.words import describe
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_runtime.bulk import columns_of, insert_rows
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.redaction import without_seals
from tenantlink_runtime.unit_of_work import UnitOfWork

_COLUMNS = ("subject", "at", "actor", "name", "text", "data")
_WRITE = insert_rows(timeline, *_COLUMNS)
_WITHOUT_ADDRESS = (InvitationSent, InvitationDelayed, InvitationUndeliverable)


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
        events = (*handled, *recorded)
        if not events:
            return
        nameless = {each.subject for each in events if isinstance(each.data, _WITHOUT_ADDRESS)}
        addresses = _addresses(connection, nameless) if nameless else {}
        rows = [_row(event, addresses.get(event.subject, "")) for event in events]
        connection.execute(_WRITE, columns_of(rows, *_COLUMNS))

    def note(
        self,
        uow: UnitOfWork[Onboarding],
        subject: UUID,
        operator: Operator,
        text: str,
        origin: str = "",
    ) -> None:
        """What an operator did, and from where."""
        row = {
            "subject": subject,
            "at": self._clock(),
            "actor": operator.name,
            "name": "action",
            "text": text,
            "data": json.dumps({"operator": operator.subject, "from": origin}),
        }
        uow.connection.execute(_WRITE, columns_of([row], *_COLUMNS))


def _addresses(connection: sa.Connection, subjects: Iterable[UUID]) -> dict[UUID, str]:
    state = onboardings.c.state
    address = sa.func.coalesce(state[("link", "email")].astext, state[("order", "email")].astext)
    rows = connection.execute(
        sa.select(onboardings.c.id, address.label("email")).where(onboardings.c.id.in_(subjects))
    )
    return {row.id: row.email or "" for row in rows}


def _row(event: Event[Fact], address: str) -> dict[str, Any]:
    return {
        "subject": event.subject,
        "at": event.time,
        "actor": event.source.rpartition("/")[2],
        "name": event.data.event_name(),
        "text": describe(event.data, address),
        "data": json.dumps(without_seals(event.data.model_dump(mode="json"))),
    }
