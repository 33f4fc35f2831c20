"""Sends what the outbox holds, and deletes what the broker has confirmed.

Confirms come out of order and for several messages at once, so they are a set of tags. A message
that is returned or nacked, or whose confirm does not come in time, stays in the outbox; those
behind it do not wait for it.
"""

import time
from collections.abc import Iterable, Sequence
from typing import Any

import amqp
import eventlet
import kombu
import sqlalchemy as sa
import structlog
from nameko.extensions import DependencyProvider
from sqlalchemy.dialects.postgresql import ARRAY

from tenantlink_contracts import wire
from tenantlink_runtime import broker, crash, metrics
from tenantlink_runtime.bulk import any_of
from tenantlink_runtime.database import is_passing
from tenantlink_runtime.host import host_of
from tenantlink_runtime.listening import listen
from tenantlink_runtime.signals import Stop, wait_for
from tenantlink_runtime.tables import outbox

_log = structlog.get_logger(__name__)

BATCH_LIMIT = 200
CONFIRM_SECONDS = 10.0
POLL_SECONDS = 1.0
LAST_ROUND_SECONDS = 4.0
HELD_SECONDS = 5.0

_NEXT = (
    sa.select(outbox)
    .where(outbox.c.position != sa.all_(sa.bindparam("held", type_=ARRAY(sa.BigInteger))))
    .order_by(outbox.c.position)
    .limit(BATCH_LIMIT)
    .with_for_update(skip_locked=True)
)
_SENT = outbox.delete().where(any_of(outbox.c.position, "sent"))


class Relay(DependencyProvider):
    """The outgoing side of a `work` process; stops after the last worker, with a last round."""

    def setup(self) -> None:
        self._host = host_of(self.container)
        self._stop = Stop()
        self._loop: eventlet.greenthread.GreenThread | None = None
        self._listener: eventlet.greenthread.GreenThread | None = None

    def start(self) -> None:
        self._loop = self.container.spawn_managed_thread(self._run)
        self._listener = self.container.spawn_managed_thread(self._listen)

    def stop(self) -> None:
        self._stop.set()
        self._host.relay_signal.set()
        if self._listener is not None:
            self._listener.kill()  # it holds nothing that could be lost
        if not wait_for(self._loop, LAST_ROUND_SECONDS):
            _log.warning("relay_abandoned", reason="outbox keeps what was not confirmed")

    def _run(self) -> None:
        connector = broker.Connector(self._host.amqp_url, "relay", self._stop)

        def send(connection: kombu.Connection) -> None:
            self._send_until_stopped(Publisher(connection, connector.blocked))

        try:
            connector.keep(send)
        except broker.WrongTopology as error:
            self._host.fail(str(error))

    def _send_until_stopped(self, publisher: "Publisher") -> None:
        while True:
            last = self._stop.requested
            if not publisher.is_blocked:
                self._drain(publisher)
            if last:
                return
            if not self._host.relay_signal.wait(POLL_SECONDS):
                publisher.keep_alive()

    def _drain(self, publisher: "Publisher") -> None:
        engine = self._host.transactions.engine
        try:
            while send_batch(engine, publisher) == BATCH_LIMIT and not publisher.is_blocked:
                eventlet.sleep(0)  # yields to the consumer between two full batches
        except sa.exc.DBAPIError as error:
            if not is_passing(error):
                raise
            _log.warning("database_away", part="relay", error=type(error).__name__)
            self._stop.wait(POLL_SECONDS)

    def _listen(self) -> None:
        listen(self._host.transactions.engine, self._host.wake, self._stop)


class Publisher:
    """Publishes batches on a channel in confirm mode."""

    def __init__(self, connection: kombu.Connection, blocked: broker.Blocked) -> None:
        self._connection = connection
        self._blocked = blocked
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._last_tag = 0
        self._pending: set[int] = set()
        self._failed: set[int] = set()
        self._returned: set[str] = set()
        self._held: dict[int, float] = {}

    @property
    def is_blocked(self) -> bool:
        """Whether the broker wants nothing at the moment; `keep_alive` hears when that ends."""
        return self._blocked.now

    def publish(self, rows: Sequence[Any]) -> set[int]:
        """Send outbox rows; the positions that are safely with the broker.

        A broker that has stopped reading makes even sending wait, so all of it has a limit; the
        connection is dropped then, and what was not confirmed is sent again on another one.
        """
        self._failed.clear()
        self._returned.clear()
        try:
            with eventlet.Timeout(CONFIRM_SECONDS):
                tags = self._send(rows)
                while self._pending and not self.is_blocked:
                    self._connection.drain_events()
        except eventlet.Timeout:
            raise amqp.exceptions.RecoverableConnectionError("no confirms in time") from None
        confirmed = {row.position for tag, row in tags.items() if self._is_safe(tag, row)}
        if not self.is_blocked:
            self._hold({row.position for row in rows} - confirmed)
        return confirmed

    def held(self) -> list[int]:
        """Positions that the broker did not take a moment ago: others go first."""
        now = time.monotonic()
        self._held = {position: until for position, until in self._held.items() if until > now}
        return list(self._held)

    def _hold(self, refused: Iterable[int]) -> None:
        until = time.monotonic() + HELD_SECONDS
        self._held |= dict.fromkeys(refused, until)

    def keep_alive(self) -> None:
        """Answer and send heartbeats while there is nothing to publish."""
        try:
            self._connection.drain_events(timeout=0.01)
        except TimeoutError:
            self._connection.heartbeat_check()

    def _send(self, rows: Sequence[Any]) -> dict[int, Any]:
        tags: dict[int, Any] = {}
        for row in rows:
            self._last_tag += 1
            tags[self._last_tag] = row
            self._pending.add(self._last_tag)
            self._channel.basic_publish(
                _message(row), row.exchange, row.routing_key, mandatory=True
            )
        return tags

    def _is_safe(self, tag: int, row: Any) -> bool:
        """Confirmed, and neither nacked nor returned."""
        unsafe = tag in self._failed or tag in self._pending
        return not unsafe and row.headers["ce-id"] not in self._returned

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._pending -= self._covered(tag, multiple)

    def _on_nack(self, tag: int, multiple: bool) -> None:
        covered = self._covered(tag, multiple)
        self._failed |= covered
        self._pending -= covered
        metrics.EVENTS_UNROUTED.inc(len(covered))

    def _on_return(self, error: Exception, exchange: str, key: str, message: amqp.Message) -> None:
        """An unroutable message is returned first and acked afterwards: a return wins."""
        self._returned.add(message.headers["ce-id"])
        metrics.EVENTS_UNROUTED.inc()
        _log.error("event_returned", exchange=exchange, routing_key=key, error=str(error))

    def _covered(self, tag: int, multiple: bool) -> set[int]:
        return {pending for pending in self._pending if pending <= tag} if multiple else {tag}


def send_batch(engine: sa.Engine, publisher: Publisher) -> int:
    """Publish the next rows and delete the confirmed ones; how many were tried.

    The rows stay locked while they are sent, so replicas never send the same row at once; a crash
    after the confirm sends it again, which every inbox absorbs.
    """
    with engine.begin() as connection:
        rows = connection.execute(_NEXT, {"held": publisher.held()}).all()
        if not rows:
            return 0
        with metrics.RELAY_SECONDS.time():
            confirmed = publisher.publish(rows)
        crash.point("confirmed")
        connection.execute(_SENT, {"sent": sorted(confirmed)})
    metrics.EVENTS_PUBLISHED.inc(len(confirmed))
    return len(rows)


def _message(row: Any) -> amqp.Message:
    return amqp.Message(
        bytes(row.body),
        content_type=wire.CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=2,
        message_id=row.headers["ce-id"],
        type=row.headers["ce-type"],
        application_headers=row.headers,
    )
