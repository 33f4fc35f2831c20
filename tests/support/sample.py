"""Drives the sample service in tests: starts it, sends to it, looks at what came of it."""

import os
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import kombu
import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime import tables
from tests.support.ports import free_port
from tests.support.tcp_proxy import TcpProxy

ROOT = Path(__file__).parents[2]


class SampleProcess:
    """A running `work` process and what its internal port tells."""

    def __init__(self, environment: dict[str, str], port: int, log: Path) -> None:
        self._port = port
        self._log = log
        with log.open("w") as output:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.sample_service"],
                cwd=ROOT,
                env={**os.environ, **environment},
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def metric(self, name: str) -> float:
        """One value of its metrics, by name with labels; 0 where there is none."""
        lines = self._metrics().splitlines()
        return sum(float(line.split()[-1]) for line in lines if line.startswith(f"{name} "))

    def kill(self) -> None:
        """As the kernel does when memory is short."""
        self.end()

    def is_consuming(self) -> bool:
        """Whether it says that its consumer is connected."""
        return 'tenantlink_broker_connected{part="consumer"} 1.0' in self._metrics()

    def misses_the_broker(self) -> bool:
        """Whether it has noticed that the broker is gone."""
        return 'tenantlink_broker_connected{part="consumer"} 0.0' in self._metrics()

    def send_signal(self, number: int) -> None:
        """As Kubernetes would."""
        self._process.send_signal(number)

    def wait(self, timeout: float) -> int:
        """Its exit code."""
        return self._process.wait(timeout)

    def log(self) -> str:
        """What it has said."""
        return self._log.read_text()

    def end(self) -> None:
        """Whatever happened, nothing stays behind."""
        self._process.kill()
        self._process.wait()

    def _metrics(self) -> str:
        if self._process.poll() is not None:
            raise AssertionError(f"the process has ended:\n{self._log.read_text()[-3000:]}")
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self._port}/metrics") as answer:
                return str(answer.read().decode())
        except (urllib.error.URLError, ConnectionError):
            return ""


@dataclass
class Sample:
    """The sample service's surroundings: queue, exchange, database."""

    engine: sa.Engine
    database_url: str
    admin_amqp_url: str
    proxy: TcpProxy
    proxied_amqp_url: str
    database_proxy: TcpProxy
    proxied_database_url: str
    internal_port: int
    folder: Path

    @contextmanager
    def running(self, replica: int = 0, **changes: str) -> Iterator[SampleProcess]:
        """A `work` process, killed at the end; `changes` are settings that differ."""
        port = free_port() if replica else self.internal_port
        environment = {
            "SAMPLE_DATABASE_URL": self.proxied_database_url,
            "SAMPLE_AMQP_URL": self.proxied_amqp_url,
            "SAMPLE_INTERNAL_PORT": str(port),
            "SAMPLE_PUBLIC_KEYS_FILE": os.devnull,
            **changes,
        }
        process = SampleProcess(environment, port, self.folder / f"sample{replica}.log")
        try:
            yield process
        finally:
            process.end()

    def remove_queue(self) -> None:
        """As if nobody had applied the topology."""
        with self._channel() as channel:
            channel.queue_delete("sample.inbox")

    def prepare(self) -> None:
        """Its topology and tables."""
        with self.engine.begin() as connection:
            tables.metadata.create_all(connection)
            connection.execute(sa.text("CREATE TABLE tallies (id uuid PRIMARY KEY, state jsonb)"))
            connection.execute(sa.text("CREATE TABLE mended (id int)"))
        with self._channel() as channel:
            for queue in ("sample.inbox", "sample.heard", "sample.full"):
                channel.queue_delete(queue)
            for exchange in ("sample.events", "sample.upstream", "sample.nowhere"):
                channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
            for queue, exchange in (
                ("sample.inbox", "sample.upstream"),
                ("sample.heard", "sample.events"),
            ):
                arguments = {"x-queue-type": "quorum"}
                channel.queue_declare(queue, durable=True, auto_delete=False, arguments=arguments)
                channel.queue_bind(queue, exchange, "#")

    def publish(self, *events: Event[Fact]) -> None:
        """As another service's relay would, in this order."""
        bodies = [event.data.model_dump_json().encode() for event in events]
        headers = [wire.headers_of(event) for event in events]
        self._send(wire.CONTENT_TYPE, *zip(bodies, headers, strict=True))

    def publish_bytes(self, body: bytes, content_type: str) -> None:
        """As somebody would who does not know the contracts."""
        self._send(content_type, (body, {"ce-type": "tenantlink.ServiceCreated.v1"}))

    def next_published(self) -> Any:
        """The next message the service has published, or None."""
        with self._channel() as channel:
            return channel.basic_get("sample.heard", no_ack=True)

    def all_published(self) -> list[Any]:
        """Everything the service has published by now and nobody has taken, in order."""
        with self._channel() as channel:
            return list(iter(lambda: channel.basic_get("sample.heard", no_ack=True), None))

    def give_back_unread(self) -> None:
        """As a reader does that dies with a message in its hands."""
        with self._channel() as channel:
            message = channel.basic_get("sample.inbox")
            channel.basic_reject(message.delivery_tag, requeue=True)

    def waiting_messages(self) -> int:
        """What still stands in the inbox queue, ready to be delivered."""
        with self._channel() as channel:
            return int(channel.queue_declare("sample.inbox", passive=True).message_count)

    def bind_nowhere(self) -> None:
        """From now on somebody hears what goes to the exchange that nobody hears."""
        with self._channel() as channel:
            channel.queue_bind("sample.heard", "sample.nowhere", "#")

    def let_nowhere_hold(self, most: int) -> None:
        """A full queue behind that exchange, which refuses what is over its limit."""
        limit = {"x-max-length": most, "x-overflow": "reject-publish"}
        with self._channel() as channel:
            channel.queue_declare("sample.full", durable=True, auto_delete=False, arguments=limit)
            channel.queue_purge("sample.full")
            channel.queue_bind("sample.full", "sample.nowhere", "#")

    def taken_from_full(self) -> list[str]:
        """Makes room there; the ids of what was in it."""
        with self._channel() as channel:
            got = iter(lambda: channel.basic_get("sample.full", no_ack=True), None)
            return [message.headers["ce-id"] for message in got]

    def record_in_outbox(self, *events: Event[Fact], exchange: str = "sample.events") -> None:
        """As a page's transaction would."""
        rows = [
            {
                "exchange": exchange,
                "routing_key": event.data.event_name(),
                "headers": wire.headers_of(event),
                "body": event.data.model_dump_json().encode(),
            }
            for event in events
        ]
        with self.engine.begin() as connection:
            connection.execute(tables.outbox.insert(), rows)

    def count(self, subject: UUID) -> int:
        """How often the handler's effect was committed."""
        query = "SELECT coalesce(max((state->>'count')::int), 0) FROM tallies WHERE id = :id"
        return int(self._scalar(query, id=subject))

    def total(self) -> int:
        """All effects."""
        return int(self._scalar("SELECT coalesce(sum((state->>'count')::int), 0) FROM tallies"))

    def outbox_size(self) -> int:
        """What was recorded and is not confirmed."""
        return int(self._scalar("SELECT count(*) FROM outbox"))

    def parked(self) -> list[Any]:
        """What was set aside."""
        with self.engine.connect() as connection:
            return list(
                connection.execute(sa.select(tables.parked).order_by(tables.parked.c.first_seen))
            )

    def mend(self) -> None:
        """Mend the handler's bug, and let what is parked be due."""
        with self.engine.begin() as connection:
            connection.execute(sa.text("INSERT INTO mended VALUES (1)"))
        self.let_parked_be_due()

    def let_parked_be_due(self) -> None:
        """As if their time had come."""
        due = tables.parked.update().where(tables.parked.c.status == "parked")
        with self.engine.begin() as connection:
            connection.execute(due.values(due_at=sa.func.now()))

    def _scalar(self, query: str, **values: Any) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(sa.text(query), values).scalar_one()

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        with kombu.Connection(self.admin_amqp_url) as connection:
            yield connection.channel()

    def _send(self, content_type: str, *messages: tuple[bytes, dict[str, str]]) -> None:
        with kombu.Connection(
            self.admin_amqp_url, transport_options={"confirm_publish": True}
        ) as connection:
            producer = kombu.Producer(connection)
            for body, headers in messages:
                producer.publish(
                    body,
                    exchange="sample.upstream",
                    routing_key="ServiceCreated",
                    headers=headers,
                    content_type=content_type,
                    content_encoding="utf-8",
                    delivery_mode=2,
                )
