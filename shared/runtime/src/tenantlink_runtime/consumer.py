"""The consumer loop: our own, because nameko's acks what it fails on and may never stop.

One greenthread reads the broker's socket into a list, another takes what has arrived since the
last transaction (at most 50), runs it as one batch, and acks. Nothing is acked before it is
settled in the database. Without a database the deliveries stay unacked and we wait; when that
takes longer, they go back to the broker, where another process may have more luck.
"""

import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, Protocol

import amqp
import eventlet
import kombu
import structlog
from eventlet.event import Event as Promise
from nameko.extensions import Entrypoint, SharedExtension

from tenantlink_contracts.fact import Fact
from tenantlink_runtime import broker, crash, metrics, parking
from tenantlink_runtime.database import is_passing, reachable
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import EventFlow, Handler
from tenantlink_runtime.host import host_of
from tenantlink_runtime.signals import Signal, Stop, wait_for
from tenantlink_runtime.topology import inbox_queue, not_applied

_log = structlog.get_logger(__name__)

BATCH_LIMIT = 50
PREFETCH = 100
FINISH_SECONDS = 7.0
PARKED_POLL_SECONDS = 5.0
DATABASE_PROBE_SECONDS = 1.0
DATABASE_PATIENCE_SECONDS = 60.0


class DatabaseAway(Exception):
    """The database has been away for so long that the deliveries are given back."""


class Flow(Protocol):
    """Settles deliveries; raises only what the environment raises (no database)."""

    def run(self, deliveries: Sequence[Delivery]) -> None: ...


class Consumer(SharedExtension):
    """Consumes the service's inbox queue for all of its subscriptions."""

    batch_entrypoint: Entrypoint
    part = "consumer"

    def __init__(self) -> None:
        self._methods: dict[type[Fact], str] = {}
        self._arrived: deque[kombu.Message] = deque()
        self._arrival = Signal()
        self._stop = Stop()
        self._loop: eventlet.greenthread.GreenThread | None = None
        super().__init__()

    def subscribe(self, fact: type[Fact], method_name: str) -> None:
        """Called by each subscription while the container is set up."""
        self._methods[fact] = method_name

    def setup(self) -> None:
        self._host = host_of(self.container)
        self._queue = inbox_queue(self.container.service_name)

    def start(self) -> None:
        self._loop = self.container.spawn_managed_thread(self._run)
        self.container.spawn_managed_thread(self._retry_parked)

    def finish(self) -> None:
        """Stop consuming: the running batch is finished and acked, the rest goes back."""
        if not self._stop.requested:
            self._stop.set()
            self._arrival.set()
            if not wait_for(self._loop, FINISH_SECONDS):
                _log.warning("consumer_abandoned", reason="batch did not end in time")

    def stop(self) -> None:
        self.finish()

    def _run(self) -> None:
        connector = broker.Connector(self._host.amqp_url, self.part, self._stop)
        while not self._stop.requested:
            try:
                connector.keep(self._consume)
            except DatabaseAway:
                _log.warning("deliveries_given_back", reason="the database is away")
                self._await_database()
            except broker.WrongTopology as error:
                self._host.fail(f"{error}; {not_applied(self._queue)}")
                return

    def _await_database(self) -> None:
        with self._host.liveness.waiting():
            while not reachable(self._host.transactions.engine):
                if self._stop.wait(DATABASE_PROBE_SECONDS):
                    return

    def _consume(self, connection: kombu.Connection) -> None:
        self._arrived.clear()
        channel = connection.channel()
        channel.basic_qos(0, PREFETCH, False)
        queue = kombu.Queue(self._queue, no_declare=True)
        consumer = kombu.Consumer(
            channel, [queue], on_message=self._on_message, auto_declare=False, accept=[]
        )
        consumer.consume()
        _log.info("consuming", queue=self._queue)
        reader = eventlet.spawn(self._read, connection)
        beating = eventlet.spawn(self._beat, connection, reader)
        self._host.liveness.consumes = True
        try:
            self._work(reader)
        finally:
            self._host.liveness.consumes = False
            beating.kill()
            reader.kill()
        consumer.cancel()

    def _on_message(self, message: kombu.Message) -> None:
        self._arrived.append(message)
        self._arrival.set()

    def _read(self, connection: kombu.Connection) -> None:
        """Ends with the connection; the worker notices by the greenthread being dead."""
        try:
            while True:
                try:
                    connection.drain_events(timeout=broker.HEARTBEAT_SECONDS)
                except TimeoutError:
                    continue
        except broker.CONNECTION_ERRORS as error:
            _log.warning("broker_connection_lost", part=self.part, error=str(error))
        finally:
            self._arrival.set()

    def _beat(self, connection: kombu.Connection, reader: Any) -> None:
        """A batch that waits for the database must not cost us the connection."""
        try:
            while True:
                eventlet.sleep(broker.HEARTBEAT_SECONDS / 3)
                connection.heartbeat_check()
        except broker.CONNECTION_ERRORS as error:
            _log.warning("broker_silent", part=self.part, error=str(error))
            reader.kill()
            self._arrival.set()

    def _work(self, reader: Any) -> None:
        while not self._stop.requested and not reader.dead:
            batch = [self._arrived.popleft() for _ in range(min(BATCH_LIMIT, len(self._arrived)))]
            if batch:
                self._settle([_delivery(self._queue, message) for message in batch])
                # One batch at a time and in order, so one ack covers all of it.
                batch[-1].channel.basic_ack(batch[-1].delivery_tag, multiple=True)
            else:
                self._arrival.wait(broker.HEARTBEAT_SECONDS)
        if reader.dead and not self._stop.requested:
            raise amqp.exceptions.RecoverableConnectionError("connection lost")

    def _settle(self, batch: list[Delivery]) -> None:
        metrics.BATCH_SIZE.observe(len(batch))
        metrics.REDELIVERIES.inc(sum(each.redelivered for each in batch))
        with metrics.BATCH_SECONDS.time():
            for group in _groups(batch):
                self._settle_group(group)
        crash.point("committed")

    def _settle_group(self, deliveries: list[Delivery]) -> None:
        """Returns when all are settled; while the database is away that waits, unacked."""
        deadline = time.monotonic() + DATABASE_PATIENCE_SECONDS
        while True:
            error = self._in_worker(lambda flow: flow.run(deliveries))
            if error is None:
                return
            if not is_passing(error):
                raise error
            _log.warning("database_away", part=self.part, error=type(error).__name__)
            if self._stop.wait(DATABASE_PROBE_SECONDS) or time.monotonic() > deadline:
                raise DatabaseAway

    def _in_worker(self, work: Callable[[Flow], Any]) -> Exception | None:
        """Run something with the flow in a nameko worker; its exception comes back as a value."""
        done = Promise()

        def in_service(service: Any) -> None:
            try:
                work(self.flow(service))
            except Exception as error:
                done.send(error)
            else:
                done.send(None)

        self.container.spawn_worker(self.batch_entrypoint, (in_service,), {})
        outcome: Exception | None = done.wait()
        return outcome

    def flow(self, service: Any) -> Flow:
        """How deliveries are settled, with the handlers of the service's instance."""
        return EventFlow(self._host.transactions, self._handlers(service))

    def _handlers(self, service: Any) -> dict[type[Fact], Handler[Any]]:
        return {fact: getattr(service, method) for fact, method in self._methods.items()}

    def _retry_parked(self) -> None:
        engine = self._host.transactions.engine
        while not self._stop.wait(PARKED_POLL_SECONDS):
            error = self._in_worker(
                lambda flow: parking.retry_due(
                    engine, lambda delivery: flow.run([delivery]), self._queue
                )
            )
            if error is not None:
                _log.warning("parked_retry_failed", error=type(error).__name__)


def _groups(batch: list[Delivery]) -> Iterator[list[Delivery]]:
    """What comes for the first time together; what was given back before, one by one.

    One of those may be what has ended the process that read it, so it has to be alone.
    """
    for redelivered, group in groupby(batch, key=lambda each: each.redelivered):
        if redelivered:
            yield from ([each] for each in group)
        else:
            yield list(group)


def _delivery(queue: str, message: kombu.Message) -> Delivery:
    body, headers = message.body, message.headers or {}
    return Delivery(
        queue=queue,
        content_type=message.content_type,
        headers=headers,
        body=body.encode() if isinstance(body, str) else bytes(body),
        redelivered=bool(message.delivery_info.get("redelivered")),
        returns=int(headers.get("x-delivery-count", 0)),
    )
