"""One AMQP connection, kept alive. Losing it is normal; the loops that use it reconnect."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import amqp
import eventlet
import kombu
import structlog

_log = structlog.get_logger(__name__)

HEARTBEAT_SECONDS = 10
CONNECT_TIMEOUT_SECONDS = 5
CONNECTION_ERRORS = (OSError, socket.timeout, amqp.exceptions.AMQPError)


@contextmanager
def connected(url: str, part: str) -> Iterator[kombu.Connection]:
    """A connection; at the end the socket is closed without a long goodbye."""
    connection = kombu.Connection(
        url,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=CONNECT_TIMEOUT_SECONDS,
        transport_options={"client_properties": {"connection_name": part}},
    )
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
    """Seconds until the next attempt to connect: 0.5, 1, 2, 4, then 5."""
    return float(min(5.0, 0.5 * 2 ** min(failures, 4)))
