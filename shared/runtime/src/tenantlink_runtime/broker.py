"""One AMQP connection, kept alive. Losing it is normal; the loops that use it reconnect.

What is not normal is a topology that is not there, or a right that is missing: no waiting mends
it, so after a short while the process ends, and says what to run.
"""

import random
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import amqp
import eventlet
import kombu
import structlog

from tenantlink_runtime import metrics
from tenantlink_runtime.signals import Stop

_log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 10
CONNECT_TIMEOUT_SECONDS = 5
WRONG_TOPOLOGY_SECONDS = 15.0
CONNECTION_ERRORS = (OSError, socket.timeout, amqp.exceptions.AMQPError)
TOPOLOGY_ERRORS = (
    amqp.exceptions.NotFound,
    amqp.exceptions.AccessRefused,
    amqp.exceptions.NotAllowed,
    amqp.exceptions.PreconditionFailed,
)
REMEDY = "run 'tenantlink topology apply', and check the user and vhost in AMQP_URL"


class WrongTopology(Exception):
    """The broker has refused us for a reason that waiting does not mend."""


@dataclass
class Blocked:
    """Whether the broker has asked us to publish nothing (an alarm of its memory or disk)."""

    now: bool = False

    def on_blocked(self, reason: str) -> None:
        """The broker's `connection.blocked`."""
        self.now = True
        metrics.BROKER_BLOCKED.set(1)
        _log.error("broker_blocked", reason=reason, meaning="events stay in the outbox until then")

    def on_unblocked(self) -> None:
        """The broker's `connection.unblocked`."""
        self.now = False
        metrics.BROKER_BLOCKED.set(0)
        _log.info("broker_unblocked")


@dataclass
class Connector:
    """Keeps one part of a process connected, until stopped: at once where a connection that was
    in use is lost, with growing pauses where none is made."""

    url: str
    part: str
    stop: Stop
    blocked: Blocked = field(default_factory=Blocked)
    _refused_since: float | None = None

    def keep(self, use: Callable[[kombu.Connection], None]) -> None:
        """Call `use` with a connection, again and again. WrongTopology where that is hopeless."""
        failures = 0
        while not self.stop.requested:
            was_in_use = False
            try:
                with connected(self.url, self.part, self.blocked) as connection:
                    metrics.BROKER_CONNECTED.labels(self.part).set(1)
                    was_in_use = True
                    use(connection)
                self._refused_since = None
            except CONNECTION_ERRORS as error:
                metrics.BROKER_CONNECTIONS_LOST.labels(self.part).inc()
                self._say(error)
                was_in_use = was_in_use and not isinstance(error, TOPOLOGY_ERRORS)
            finally:
                metrics.BROKER_CONNECTED.labels(self.part).set(0)
            failures = 1 if was_in_use else failures + 1
            self.stop.wait(backoff(failures))

    def _say(self, error: Exception) -> None:
        if self.stop.requested:
            return
        if not isinstance(error, TOPOLOGY_ERRORS):
            self._refused_since = None
            _log.warning("broker_away", part=self.part, error=_words(error))
            return
        now = time.monotonic()
        self._refused_since = self._refused_since or now
        _log.error("broker_refuses", part=self.part, error=_words(error), remedy=REMEDY)
        if now - self._refused_since > WRONG_TOPOLOGY_SECONDS:
            raise WrongTopology(f"{_words(error)}; {REMEDY}")


@contextmanager
def connected(url: str, part: str, blocked: Blocked) -> Iterator[kombu.Connection]:
    """A connection; at the end the socket is closed without a long goodbye."""
    connection = kombu.Connection(
        url,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        transport_options={
            "client_properties": {"connection_name": part},
            "on_blocked": blocked.on_blocked,
            "on_unblocked": blocked.on_unblocked,
        },
    )
    blocked.now = False
    try:
        connection.connect()
        yield connection
    finally:
        drop(connection)


def drop(connection: kombu.Connection, seconds: float = 1.0) -> None:
    """Close politely within so many seconds, else cut the socket: a frozen broker never answers."""
    try:
        with eventlet.Timeout(seconds):
            connection.release()
    except (eventlet.Timeout, *CONNECTION_ERRORS) as error:
        _log.info("broker_connection_cut", reason=type(error).__name__)
        connection.collect()


def backoff(failures: int) -> float:
    """Seconds until the next attempt to connect, after so many failures in a row: 0.25 and up to 5,
    doubled each time. Jitter keeps replicas from coming in step."""
    return min(5.0, 0.25 * 2.0 ** min(failures - 1, 5)) * random.uniform(0.8, 1.2)


def _words(error: Exception) -> str:
    return str(error) or type(error).__name__
