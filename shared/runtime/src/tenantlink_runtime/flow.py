"""The natural way of an event, free of broker and nameko.

deliveries -> inbox -> aggregates loaded -> pure decisions -> aggregates saved -> outbox -> commit.
When `run` returns, every delivery is settled in the database and may be acked: its effect is
committed, or it is a duplicate, or it stands in `parked` with the reason.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic
from uuid import UUID

import sqlalchemy as sa
import structlog

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime import metrics, parking
from tenantlink_runtime.aggregates import A
from tenantlink_runtime.bulk import columns_of, insert_rows, unique
from tenantlink_runtime.database import explain, is_contention, is_environment
from tenantlink_runtime.decision import Decision, Refusal
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.tables import inbox
from tenantlink_runtime.unit_of_work import Transactions, UnitOfWork

Handler = Callable[[A, Event[Any], datetime], Decision[A] | Refusal]
_log = structlog.get_logger(__name__)
_CONTENTION_TRIES = 5
_NEW_IDS = insert_rows(inbox, "source", "event_id").on_conflict_do_nothing()
_ACCEPT = _NEW_IDS.returning(inbox.c.source, inbox.c.event_id)


@dataclass(frozen=True)
class Readable:
    """A delivery and the event in it."""

    delivery: Delivery
    event: Event[Fact]


@dataclass(frozen=True)
class EventFlow(Generic[A]):
    """Runs deliveries through a service's handlers (by the class of the fact)."""

    transactions: Transactions[A]
    handlers: Mapping[type[Fact], Handler[A]]

    def run(self, deliveries: Sequence[Delivery]) -> None:
        """Settle all deliveries. Raises only what the environment raises (no database)."""
        readable = [each for each in map(self._read, deliveries) if each is not None]
        if not readable:
            return
        try:
            self._together(readable)
        except Exception as error:
            if is_environment(error):
                raise
            _log.warning("batch_rerun_one_by_one", size=len(readable), error=repr(error))
            for each in readable:
                self._alone(each)

    def _read(self, delivery: Delivery) -> Readable | None:
        event = wire.read_event(delivery.content_type, delivery.headers, delivery.body)
        if isinstance(event, wire.Unreadable):
            self._bury(delivery, event.reason)
            return None
        if type(event.data) not in self.handlers:
            self._bury(delivery, f"no handler for {event.data.event_type()}")
            return None
        return Readable(delivery, event)

    def _together(self, batch: Sequence[Readable]) -> None:
        with self.transactions.begin() as uow:
            fresh = _accept(uow.connection, [each.event for each in batch])
            uow.load(*{each.event.subject for each in batch})
            seen: set[tuple[str, UUID]] = set()
            for each in batch:
                key = (each.event.source, each.event.id)
                if key in fresh and key not in seen:
                    seen.add(key)
                    self._decide(uow, each)
        for each in batch:
            metrics.EVENTS_HANDLED.labels(each.event.data.event_name()).inc()

    def _decide(self, uow: UnitOfWork[A], each: Readable) -> None:
        event = each.event
        handler = self.handlers[type(event.data)]
        answer = handler(uow.aggregate(event.subject), event, self.transactions.clock())
        if isinstance(answer, Refusal):
            parking.bury(uow.connection, each.delivery, answer.reason)
            _forget(uow.connection, event)
        else:
            uow.apply(event.subject, answer, event)

    def _alone(self, each: Readable) -> None:
        """Only the culprit suffers: it is parked and tried again later."""
        for attempt in range(1, _CONTENTION_TRIES + 1):
            try:
                return self._together([each])
            except Exception as error:
                if is_environment(error):
                    raise
                if not is_contention(error) or attempt == _CONTENTION_TRIES:
                    return self._park(each, error)
        return None

    def _park(self, each: Readable, error: Exception) -> None:
        _log.error(
            "event_parked",
            fact=each.event.data.event_name(),
            event_id=str(each.event.id),
            error=type(error).__name__,
            exc_info=error,
        )
        with self.transactions.engine.begin() as connection:
            parking.park(connection, each.delivery, explain(error))

    def _bury(self, delivery: Delivery, reason: str) -> None:
        _log.error("event_dead", queue=delivery.queue, reason=reason, bytes=len(delivery.body))
        with self.transactions.engine.begin() as connection:
            parking.bury(connection, delivery, reason)


def _accept(connection: sa.Connection, events: Sequence[Event[Fact]]) -> set[tuple[str, UUID]]:
    """The events not seen before. Sorted, so that replicas never deadlock on the same ids."""
    keys = unique((event.source, event.id) for event in events)
    given = [{"source": source, "event_id": event_id} for source, event_id in keys]
    rows = connection.execute(_ACCEPT, columns_of(given, "source", "event_id"))
    return {(row.source, row.event_id) for row in rows}


def _forget(connection: sa.Connection, event: Event[Fact]) -> None:
    """A refused event had no effect: replayed by a person, it must not count as a repetition."""
    known = (inbox.c.source == event.source) & (inbox.c.event_id == event.id)
    connection.execute(inbox.delete().where(known))
