"""Hears NOTIFY from the service's `web` processes, so that a click is on its way at once.

Only a hint: what it misses, relay and job loop find at their next poll.
"""

from collections.abc import Callable, Iterable
from typing import Any

import psycopg2
import sqlalchemy as sa
import structlog
from eventlet.hubs import trampoline

from tenantlink_runtime.signals import Stop
from tenantlink_runtime.unit_of_work import WAKE_CHANNEL, Wake

_log = structlog.get_logger(__name__)
_CHECK_SECONDS = 5.0


def listen(engine: sa.Engine, wake: Callable[[Wake], None], stop: Stop) -> None:
    """Call `wake` for every NOTIFY until stopped; reconnects when the database comes back."""
    while not stop.requested:
        try:
            _listen_once(engine, wake, stop)
        except (sa.exc.DBAPIError, psycopg2.Error, OSError) as error:
            _log.info("not_listening", reason=type(error).__name__)
            stop.wait(_CHECK_SECONDS)


def _listen_once(engine: sa.Engine, wake: Callable[[Wake], None], stop: Stop) -> None:
    connection = engine.raw_connection()
    try:
        raw: Any = connection.driver_connection
        raw.set_session(autocommit=True)
        with raw.cursor() as cursor:
            cursor.execute(f"LISTEN {WAKE_CHANNEL}")
        while not stop.requested:
            if _readable(raw):
                raw.poll()
            if raw.notifies:
                wake(_wanted(raw.notifies))
                raw.notifies.clear()
    finally:
        connection.invalidate()


def _wanted(notifies: Iterable[Any]) -> Wake:
    """What the notifications ask for together; an unknown one asks for everything."""
    wanted = Wake.NOBODY
    for each in notifies:
        known = each.payload in {"1", "2", "3"}
        wanted |= Wake(int(each.payload)) if known else Wake.RELAY | Wake.JOBS
    return wanted


def _readable(raw: Any) -> bool:
    try:
        trampoline(raw.fileno(), read=True, timeout=_CHECK_SECONDS, timeout_exc=TimeoutError)
    except TimeoutError:
        return False
    return True
