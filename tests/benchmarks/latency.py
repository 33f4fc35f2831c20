"""From an event recorded in one service's outbox to its effect committed by another service.

Both are unchanged `work` processes with their own databases and rights: invitation's relay sends
what a transaction like its pages' has recorded, onboarding takes note of it. Both times are the
database server's: the beginning of the recording transaction, and the moment at which a listener,
told by the effect's commit, asks for the time. So the figure is an upper bound.
"""

import os
import select
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg2
import psycopg2.extras
import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_runtime import keys
from tenantlink_runtime.clock import new_id, utc_now
from tests.benchmarks import running
from tests.benchmarks.report import Goal
from tests.benchmarks.surroundings import Surroundings, seed
from tests.support.events import an_event
from tests.support.ports import free_port
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
PER_SECOND = 200
MEDIAN_LIMIT = 8.0
TAIL_LIMIT = 25.0
WARM_UP = 200

_TELL = """
    CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_notify('effect', NEW.event_id::text); RETURN NULL; END $$;
    CREATE TRIGGER tell AFTER INSERT ON inbox FOR EACH ROW EXECUTE FUNCTION tell()"""
_RECORD = """
    INSERT INTO outbox (exchange, routing_key, headers, body) VALUES (%s, %s, %s, %s)
    RETURNING recorded_at"""


def measure(surroundings: Surroundings, seconds: int) -> dict[str, Any]:
    """Record 200 events a second for so long; print and return the percentiles in milliseconds."""
    print(f"\nrecording {PER_SECOND} events a second for {seconds} s ...", flush=True)
    subjects = [new_id() for _ in range(PER_SECOND * seconds + WARM_UP)]
    with _two_services(surroundings, subjects) as (sender, receiver):
        effects = _Effects(receiver)
        before = running.usage(os.getpid())
        recorded = _record(sender, subjects)
        eventually(lambda: len(effects.seen) == len(subjects), 30, "the last effect")
        busy = running.busy_share(before, running.usage(os.getpid()))
        effects.stop()
    times = sorted(
        1000 * (effects.seen[event] - at).total_seconds() for event, at in recorded[WARM_UP:]
    )
    return _told(times, busy)


def _told(times: list[float], busy: float) -> dict[str, Any]:
    p50, p99 = times[len(times) // 2], times[len(times) * 99 // 100]
    goals = [_goal("p50", p50, MEDIAN_LIMIT), _goal("p99", p99, TAIL_LIMIT)]
    print("", *(goal.line() for goal in goals), f"the machine was {busy:.0%} busy", sep="\n  ")
    found = {"events": len(times), "p50": p50, "p99": p99, "worst": times[-1], "machine": busy}
    return {**found, "goals": goals}


def _goal(name: str, seen: float, limit: float) -> Goal:
    what = f"event recorded to effect committed at {PER_SECOND}/s, {name}"
    return Goal(what, f"at most {limit:.0f} ms", f"{seen:.1f} ms", seen <= limit)


@contextmanager
def _two_services(surroundings: Surroundings, subjects: list[UUID]) -> Iterator[tuple[str, str]]:
    """The URLs of the databases of invitation, which sends, and onboarding, which receives."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        keys.generate(folder)
        urls = []
        for package in ("invitation", "onboarding"):
            template = surroundings.migrated(package)
            url = stack.enter_context(surroundings.database(template))
            urls.append(url)
        seed(urls[1], subjects)
        _execute(urls[1], _TELL)
        for package, url in zip(("invitation", "onboarding"), urls, strict=True):
            stack.enter_context(_work(surroundings, package, url, folder))
        yield urls[0], urls[1]


@contextmanager
def _work(surroundings: Surroundings, package: str, url: str, folder: Path) -> Iterator[None]:
    """A service's own `work` process."""
    secret = folder / "no-oidc-secret"
    secret.touch()
    settings = {
        "DATABASE_URL": url,
        "AMQP_URL": surroundings.servers.service_amqp_urls[package],
        "INTERNAL_PORT": str(free_port()),
        "PUBLIC_URL": "http://127.0.0.1",
        "PUBLIC_KEYS_FILE": str(folder / "public.jwks.json"),
        "LINK_KEYS_FILE": str(folder / "invitation.link.jwks.json"),
        "OIDC_ISSUER": "https://127.0.0.1",
        "OIDC_CLIENT_ID": "console",
        "OIDC_CLIENT_SECRET_FILE": str(secret),
        "LOG_LEVEL": "WARNING",
    }
    named = {f"{package.upper()}_{name}": value for name, value in settings.items()}
    child = subprocess.Popen(
        [sys.executable, "-m", package, "work"], cwd=ROOT, env={**os.environ, **named}
    )
    try:
        yield
    finally:
        running.end(child)


def _record(url: str, subjects: list[UUID]) -> list[tuple[str, datetime]]:
    """One transaction for each event, evenly spaced, as pages commit; with their wake-up call."""
    recorded = []
    with _connection(url) as database:
        _wait_for_listener(url)
        began = time.monotonic()
        for number, subject in enumerate(subjects):
            time.sleep(max(0.0, began + number / PER_SECOND - time.monotonic()))
            recorded.append(_record_one(database, subject))
    return recorded


def _record_one(database: Any, subject: UUID) -> tuple[str, datetime]:
    event = an_event(InvitationIssued, subject=subject, at=utc_now())
    headers, body = wire.headers_of(event), event.data.model_dump_json().encode()
    row = ("invitation.events", "InvitationIssued", psycopg2.extras.Json(headers), body)
    with database, database.cursor() as cursor:
        cursor.execute(_RECORD, row)
        (recorded_at,) = cursor.fetchone()
        cursor.execute("NOTIFY tenantlink_wake, '1'")
    return str(event.id), recorded_at


class _Effects:
    """Listens to the receiver's commits, in a thread."""

    def __init__(self, url: str) -> None:
        self.seen: dict[str, datetime] = {}
        self._url = url
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End the thread and its connections."""
        self._stopping.set()
        self._thread.join()

    def _listen(self) -> None:
        with _connection(self._url) as told, _connection(self._url) as clock:
            for each in (told, clock):
                each.autocommit = True
            told.cursor().execute("LISTEN effect")
            while not self._stopping.is_set():
                if select.select([told], [], [], 0.2)[0]:
                    told.poll()
                    self._note(told, clock)

    def _note(self, told: Any, clock: Any) -> None:
        with clock.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            (now,) = cursor.fetchone()
        while told.notifies:
            self.seen[told.notifies.pop().payload] = now


def _wait_for_listener(url: str) -> None:
    """Until the sender's process hears NOTIFY: before that it only looks once a second."""
    query = """
        SELECT count(*) FROM pg_stat_activity
        WHERE query LIKE 'LISTEN%' AND datname = current_database()"""

    def listens() -> bool:
        with _connection(url) as database, database.cursor() as cursor:
            cursor.execute(query)
            return bool(cursor.fetchone()[0])

    eventually(listens, 30, "the relay's listening")


def _execute(url: str, statement: str) -> None:
    with _connection(url) as database, database, database.cursor() as cursor:
        cursor.execute(statement)


@contextmanager
def _connection(url: str) -> Iterator[Any]:
    plain = sa.make_url(url).set(drivername="postgresql")
    database = psycopg2.connect(plain.render_as_string(hide_password=False))
    try:
        yield database
    finally:
        database.close()
