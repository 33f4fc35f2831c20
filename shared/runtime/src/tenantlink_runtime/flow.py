"""The natural way of an event, free of broker and nameko.

deliveries -> inbox -> aggregates loaded -> pure decisions -> aggregates saved -> outbox -> commit.
When `run` returns, every delivery is settled in the database and may be acked: its effect is
committed, or it is a duplicate, or it stands in `parked` with the reason.
"""

import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic

import structlog

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime import crash, inbox, metrics, parking, tracing
from tenantlink_runtime.aggregates import A
from tenantlink_runtime.database import explain, is_contention, is_environment
from tenantlink_runtime.decision import Decision, Refusal
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.unit_of_work import Transactions, UnitOfWork

Handler = Callable[[A, Event[Any], datetime], Decision[A] | Refusal]
_log = structlog.get_logger(__name__)

MAX_RETURNS = 3
_CONTENTION_TRIES = 5
_CONTENTION_SECONDS = 0.05


@dataclass(frozen=True, eq=False)
class Readable:
    """A delivery and the event in it; the same event delivered twice is two of these."""

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
            _log.warning("batch_rerun_one_by_one", size=len(readable), error=type(error).__name__)
            metrics.BATCHES_RERUN.inc()
            for each in readable:
                self._alone(each)

    def _read(self, delivery: Delivery) -> Readable | None:
        """None where it is settled already: nobody can handle it, or it kills its readers."""
        event = wire.read_event(delivery.content_type, delivery.headers, delivery.body)
        if isinstance(event, wire.Unreadable):
            self._bury(delivery, event.reason)
            _tell(metrics.UNKNOWN_EVENT, metrics.UNUSABLE)
            return None
        unusable = self._unusable(event, delivery)
        if unusable is not None:
            self._bury(delivery, unusable)
            _tell(event.data.event_name(), metrics.UNUSABLE)
            return None
        each = Readable(delivery, event)
        if delivery.returns >= MAX_RETURNS:
            self._park(each, f"delivered {delivery.returns} times without success")
            return None
        return each

    def _unusable(self, event: Event[Fact], delivery: Delivery) -> str | None:
        """Why waiting would change nothing, if so."""
        if type(event.data) not in self.handlers:
            return f"no handler for {event.data.event_type()}"
        if delivery.parked_id is None and inbox.is_forgotten(event.id, self.transactions.clock()):
            return f"older than the {inbox.KEPT.days} days that the inbox remembers"
        return None

    def _together(self, batch: Sequence[Readable]) -> None:
        with self.transactions.begin() as uow:
            fresh = _first_of_each(batch, inbox.accept(uow.connection, [b.event for b in batch]))
            uow.load(*{each.event.subject for each in fresh})
            refused = {each for each in fresh if not self._decide(uow, each)}
            inbox.forget(uow.connection, [inbox.key_of(each.event) for each in refused])
            settled = [each for each in batch if each not in refused]
            parking.forget(uow.connection, [each.delivery for each in settled])
            crash.point("decided")
        self._measure(batch, set(fresh), refused)

    def _measure(
        self, batch: Sequence[Readable], fresh: set[Readable], refused: set[Readable]
    ) -> None:
        now = self.transactions.clock()
        for each in batch:
            name = each.event.data.event_name()
            if each in refused:
                _tell(name, metrics.REFUSED)
            elif each in fresh:
                _tell(name, metrics.APPLIED)
                delay = (now - each.event.time).total_seconds()
                metrics.EVENT_DELAY_SECONDS.labels(name).observe(max(0.0, delay))
            else:
                _tell(name, metrics.DUPLICATE)

    def _decide(self, uow: UnitOfWork[A], each: Readable) -> bool:
        """Whether the handler took it; a refusal stands among the dead letters instead."""
        event = each.event
        handler = self.handlers[type(event.data)]
        with tracing.handling(event, each.delivery.queue) as traced:
            answer = handler(uow.aggregate(event.subject), traced, self.transactions.clock())
            if isinstance(answer, Refusal):
                _log.error("event_refused", fact=event.data.event_name(), reason=answer.reason)
                parking.bury(uow.connection, each.delivery, answer.reason)
                return False
            uow.apply(event.subject, answer, traced)
            return True

    def _alone(self, each: Readable) -> None:
        """Only the culprit suffers: it is parked and tried again later."""
        for attempt in range(1, _CONTENTION_TRIES + 1):
            try:
                return self._together([each])
            except Exception as error:
                if is_environment(error):
                    raise
                if not is_contention(error) or attempt == _CONTENTION_TRIES:
                    _log.error("handler_failed", exc_info=error)
                    self._park(each, explain(error))
                    return None
                metrics.CONTENTIONS.inc()
                time.sleep(random.uniform(0, attempt * _CONTENTION_SECONDS))
        return None

    def _park(self, each: Readable, reason: str) -> None:
        name, event_id = each.event.data.event_name(), str(each.event.id)
        _log.error("event_parked", fact=name, event_id=event_id, attempts=each.delivery.attempts)
        with self.transactions.engine.begin() as connection:
            parking.park(connection, each.delivery, reason)
        _tell(name, metrics.FAILED)

    def _bury(self, delivery: Delivery, reason: str) -> None:
        _log.error("event_dead", queue=delivery.queue, reason=reason, bytes=len(delivery.body))
        with self.transactions.engine.begin() as connection:
            parking.bury(connection, delivery, reason)


def _tell(event: str, outcome: str) -> None:
    metrics.EVENTS_HANDLED.labels(event, outcome).inc()


def _first_of_each(batch: Sequence[Readable], accepted: set[inbox.Key]) -> list[Readable]:
    """Those to be handled, in order: not seen before, and each once within the batch."""
    waiting, fresh = set(accepted), []
    for each in batch:
        key = inbox.key_of(each.event)
        if key in waiting:
            waiting.remove(key)
            fresh.append(each)
    return fresh
