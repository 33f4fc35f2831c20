"""The floor: what the machine gives to Python without any framework.

py-amqp and psycopg2 in a plain process: one thread takes what has arrived, at most 50 events, in
one transaction, and acks; another is the relay. Contracts, aggregate, guarantees and statements are
the same as everybody's, written by hand with arrays. Nothing reconnects, nothing is measured or
parked, and an error ends it.
"""

import threading
from typing import Any

import amqp
import psycopg2
import psycopg2.extras
import sqlalchemy as sa

from tenantlink_contracts import wire
from tests.benchmarks import case
from tests.benchmarks.contenders.floor_relay import FloorRelay
from tests.benchmarks.settings import Settings

_ACCEPT = """
    INSERT INTO inbox (source, event_id) SELECT * FROM unnest(%s::text[], %s::uuid[])
    ON CONFLICT DO NOTHING RETURNING source, event_id"""
_LOCK = "SELECT id, state::text FROM onboardings WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_SAVE = """
    UPDATE onboardings SET state = given.state, status = given.status
    FROM unnest(%s::uuid[], %s::jsonb[], %s::text[]) AS given (id, state, status)
    WHERE onboardings.id = given.id"""
_RECORD = """
    INSERT INTO outbox (exchange, routing_key, headers, body)
    SELECT %s, %s, * FROM unnest(%s::jsonb[], %s::bytea[])"""


class Floor:
    """The consumer."""

    def __init__(self, settings: Settings) -> None:
        self._arrived: list[amqp.Message] = []
        self._database = connect_database(settings)
        self._broker = connect_broker(settings)
        self._relay = FloorRelay(connect_database(settings), connect_broker(settings))

    def run(self) -> None:
        """Until the process is ended."""
        threading.Thread(target=self._relay.run, daemon=True).start()
        channel = self._broker.channel()
        channel.basic_qos(0, case.PREFETCH, False)
        channel.basic_consume(case.INBOX, callback=self._arrived.append)
        while True:
            batch = self._take()
            self._settle(batch)
            channel.basic_ack(batch[-1].delivery_tag, multiple=True)
            self._relay.committed.set()

    def _take(self) -> list[amqp.Message]:
        """What has arrived; waits for the first."""
        while not self._arrived:
            self._broker.drain_events()
        try:
            while len(self._arrived) < case.BATCH_LIMIT:
                self._broker.drain_events(timeout=0)
        except (TimeoutError, BlockingIOError):
            pass
        batch = self._arrived[: case.BATCH_LIMIT]
        del self._arrived[: case.BATCH_LIMIT]
        return batch

    def _settle(self, batch: list[amqp.Message]) -> None:
        events = {}
        for message in batch:
            event: Any = wire.read_event(message.content_type, message.headers, message.body)
            events[event.source, event.id] = event
        with self._database, self._database.cursor() as cursor:
            sources, ids = zip(*sorted(events), strict=True)
            cursor.execute(_ACCEPT, (list(sources), list(ids)))
            fresh = [events[key] for key in cursor.fetchall()]
            cursor.execute(_LOCK, ([event.subject for event in fresh],))
            states = dict(cursor.fetchall())
            write(cursor, [case.handle(states[event.subject], event) for event in fresh])


def write(cursor: Any, effects: list[case.Effect]) -> None:
    """All effects and all answers, a statement each."""
    if not effects:
        return
    effects.sort(key=lambda each: each.subject)
    cursor.execute(
        _SAVE,
        (
            [each.subject for each in effects],
            [each.state for each in effects],
            [each.status for each in effects],
        ),
    )
    cursor.execute(
        _RECORD,
        (
            case.PUBLISHED_TO,
            case.ROUTING_KEY,
            [psycopg2.extras.Json(each.headers) for each in effects],
            [psycopg2.Binary(each.body) for each in effects],
        ),
    )


def connect_database(settings: Settings) -> Any:
    """A connection that knows UUIDs."""
    url = sa.make_url(settings.database_url).set(drivername="postgresql")
    connection = psycopg2.connect(url.render_as_string(hide_password=False))
    psycopg2.extras.register_uuid(conn_or_curs=connection)
    return connection


def connect_broker(settings: Settings) -> amqp.Connection:
    """A plain connection."""
    url = sa.make_url(settings.amqp_url)
    connection = amqp.Connection(
        host=f"{url.host}:{url.port or 5672}",
        userid=url.username,
        password=url.password,
        virtual_host=url.database or "/",
    )
    connection.connect()
    return connection


if __name__ == "__main__":
    Floor(Settings.read()).run()
