"""The way in for upstream systems: a second queue beside the inbox, with rules of its own.

What comes here is not an event of ours yet, and whether it becomes one may depend on more than one
aggregate: on names that are taken, on a customer that has to be found. So a handler gets the unit
of work, one message at a time, and the message, the effect and the answer to the sender are one
transaction, as everywhere.

Who speaks is the AMQP property `user_id`, which the broker has verified; whatever the message says
about its sender does not count.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic
from uuid import UUID, uuid5

import kombu
import structlog
from nameko.extensions import Entrypoint
from sqlalchemy.exc import IntegrityError

from tenantlink_contracts import incoming
from tenantlink_contracts.wire import Unreadable
from tenantlink_runtime import inbox, parking, tracing
from tenantlink_runtime.aggregates import A
from tenantlink_runtime.consumer import Consumer
from tenantlink_runtime.database import explain, is_contention, is_environment
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import MAX_RETURNS
from tenantlink_runtime.topology import INTAKE_QUEUE
from tenantlink_runtime.unit_of_work import Transactions, UnitOfWork

_log = structlog.get_logger(__name__)

USER = "amqp-user-id"
MESSAGE_ID = "amqp-message-id"
ROUTING_KEY = "amqp-routing-key"
NAMESPACE = UUID("6f1f7c58-5a0b-5d0e-9f3c-5d8b2b1f7a41")
_TRIES = 5
_PAUSE_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Spoken:
    """A message of an upstream system, as far as the runtime understands it."""

    system: str
    message: incoming.Incoming | incoming.Unfit

    @property
    def id(self) -> UUID:
        """Ours, of the sender's id: the same for the same system and id, for ever."""
        return uuid5(NAMESPACE, f"{self.system} {self.message.id}")

    @property
    def traceparent(self) -> str | None:
        """The trace that it belongs to."""
        return getattr(self.message, "traceparent", None)


TakeIn = Callable[[UnitOfWork[A], Spoken], None]


def source_of(system: str) -> str:
    """What stands as the source of a system's messages in the inbox."""
    return f"/upstream/{system}"


@dataclass(frozen=True)
class IntakeFlow(Generic[A]):
    """Settles deliveries of the intake queue, one by one, as `EventFlow` does those of the inbox.

    `take_in` writes the effect and the answer into the unit of work; it refuses nothing by an
    exception, since every sender who can be answered is.
    """

    transactions: Transactions[A]
    take_in: TakeIn[A]

    def run(self, deliveries: Sequence[Delivery]) -> None:
        """Settle all deliveries. Raises only what the environment raises (no database)."""
        for delivery in deliveries:
            self._settle(delivery)

    def _settle(self, delivery: Delivery) -> None:
        headers = delivery.headers
        message = incoming.read(
            incoming.Message(
                delivery.content_type,
                headers,
                delivery.body,
                headers.get(MESSAGE_ID),
                str(headers.get(ROUTING_KEY) or ""),
            )
        )
        if isinstance(message, Unreadable):
            return self._bury(delivery, message.reason)
        if not headers.get(USER):
            return self._bury(delivery, "no verified sender: the property user_id is not set")
        if delivery.returns >= MAX_RETURNS:
            return self._park(delivery, f"delivered {delivery.returns} times without success")
        return self._take(delivery, Spoken(str(headers[USER]), message))

    def _take(self, delivery: Delivery, spoken: Spoken) -> None:
        """Where somebody else takes a name at the same moment, the next try sees it taken."""
        for attempt in range(1, _TRIES + 1):
            try:
                return self._once(delivery, spoken)
            except Exception as error:
                if is_environment(error):
                    raise
                lost = is_contention(error) or isinstance(error, IntegrityError)
                if not lost or attempt == _TRIES:
                    _log.error("intake_failed", exc_info=error)
                    return self._park(delivery, explain(error))
                time.sleep(attempt * _PAUSE_SECONDS)
        return None

    def _once(self, delivery: Delivery, spoken: Spoken) -> None:
        key = (source_of(spoken.system), spoken.id)
        attributes = {"messaging.destination.name": delivery.queue}
        with (
            tracing.span("take in", "CONSUMER", spoken.traceparent, attributes),
            self.transactions.begin() as uow,
        ):
            # Without an id nobody can know a repetition; it is answered each time.
            if not spoken.message.id or inbox.accept_keys(uow.connection, [key]):
                self.take_in(uow, spoken)
            parking.forget(uow.connection, [delivery])

    def _park(self, delivery: Delivery, reason: str) -> None:
        with self.transactions.engine.begin() as connection:
            parking.park(connection, delivery, reason)

    def _bury(self, delivery: Delivery, reason: str) -> None:
        _log.error("message_dead", queue=delivery.queue, reason=reason, bytes=len(delivery.body))
        with self.transactions.engine.begin() as connection:
            parking.bury(connection, delivery, reason)


class IntakeConsumer(Consumer):
    """Reads the intake queue with the consumer's loop; the inbox's own tells whether the process
    is alive, since both read the same broker."""

    method_name: str
    part = "intake"

    def setup(self) -> None:
        super().setup()
        self._queue = INTAKE_QUEUE

    def flow(self, service: Any) -> IntakeFlow[Any]:
        """How deliveries are settled, with the method that `@take_in` marks."""
        return IntakeFlow(self._host.transactions, getattr(service, self.method_name))

    def _on_message(self, message: kombu.Message) -> None:
        """The properties that count stand among the headers, in place of what a sender may have
        put there, so that a parked message keeps them."""
        told = {
            USER: message.properties.get("user_id"),
            MESSAGE_ID: message.properties.get("message_id"),
            ROUTING_KEY: message.delivery_info.get("routing_key"),
        }
        others = {k: v for k, v in (message.headers or {}).items() if k not in told}
        message.headers = {**others, **{k: v for k, v in told.items() if v is not None}}
        super()._on_message(message)


class IntakeEntrypoint(Entrypoint):
    """Binds the intake queue to one method `(self, uow, spoken) -> None`."""

    consumer = IntakeConsumer()

    def setup(self) -> None:
        self.consumer.batch_entrypoint = self.container_batch()
        self.consumer.method_name = self.method_name

    def container_batch(self) -> Entrypoint:
        """The entrypoint in whose workers batches run."""
        return next(
            each for each in self.container.entrypoints if each.method_name == "run_in_worker"
        )

    def stop(self) -> None:
        self.consumer.finish()


take_in = IntakeEntrypoint.decorator()
