"""The floor's relay: up to 200 outbox rows at a time, with confirms, deleted afterwards."""

import threading
from typing import Any

import amqp

from tenantlink_contracts import wire
from tests.benchmarks import case

POLL_SECONDS = 1.0
_NEXT = """
    SELECT position, exchange, routing_key, headers, body FROM outbox
    ORDER BY position LIMIT %s FOR UPDATE SKIP LOCKED"""
_SENT = "DELETE FROM outbox WHERE position = ANY(%s)"


class FloorRelay:
    """A thread with connections of its own; woken by every commit."""

    def __init__(self, database: Any, broker: amqp.Connection) -> None:
        self.committed = threading.Event()
        self._database = database
        self._broker = broker
        self._channel = broker.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_refusal)
        self._channel.events["basic_return"].add(self._on_refusal)
        self._last_tag = 0
        self._open: set[int] = set()

    def run(self) -> None:
        """Until the process is ended. A nack or a return ends the relay, and so spoils the run."""
        while True:
            self.committed.wait(POLL_SECONDS)
            self.committed.clear()
            while self._send_batch() == case.RELAY_LIMIT:
                continue

    def _send_batch(self) -> int:
        with self._database, self._database.cursor() as cursor:
            cursor.execute(_NEXT, (case.RELAY_LIMIT,))
            rows = cursor.fetchall()
            for row in rows:
                self._publish(*row[1:])
            while self._open:
                self._broker.drain_events()
            if rows:
                cursor.execute(_SENT, ([row[0] for row in rows],))
        return len(rows)

    def _publish(self, exchange: str, key: str, headers: dict[str, str], body: memoryview) -> None:
        message = amqp.Message(
            bytes(body),
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=headers["ce-id"],
            application_headers=headers,
        )
        self._last_tag += 1
        self._open.add(self._last_tag)
        self._channel.basic_publish(message, exchange, key, mandatory=True)

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self._open -= {each for each in self._open if each <= tag} if multiple else {tag}

    def _on_refusal(self, *arguments: Any) -> None:
        raise RuntimeError("the broker did not take a message")
