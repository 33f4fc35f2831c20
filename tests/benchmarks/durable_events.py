"""Durable events per second of one service: `make bench`.

The service is invitation, its unchanged `work` process with its own rights: each ServiceRequested
mints and seals a link, and is answered by an InvitationIssued that is really published. The queue
is filled first; a run lasts from the first committed effect until every effect is committed and
every answer is confirmed by the broker, so consumer, job table and relay are all in it. Broker,
database and process share the machine.
"""

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import amqp
import kombu
import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_local import postgres
from tenantlink_runtime import keys, migrating
from tenantlink_runtime.clock import new_id, utc_now
from tests.support.events import an_event
from tests.support.ports import free_port
from tests.support.servers import TestServers

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 120.0
_CLOCK_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Result:
    """One run. `cpu` is the process' own processor time in seconds, `memory` its peak in MiB."""

    events: int
    seconds: float
    cpu: float
    memory: float

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.events / self.seconds


def main() -> None:
    """Run it a few times and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--events", type=int, default=5000, help="events in a run")
    parser.add_argument("--runs", type=int, default=3, help="runs, each on an empty database")
    asked = parser.parse_args()
    print("starting a private RabbitMQ and PostgreSQL ...", flush=True)
    with TestServers.started() as servers:
        results = [_run(servers, asked.events) for _ in range(asked.runs)]
    _print(results)


def _run(servers: TestServers, events: int) -> Result:
    url = _fresh_database(servers)
    _empty_queues(servers)
    _fill(servers, events)
    with tempfile.TemporaryDirectory() as folder, _work(servers, url, Path(folder)) as process:
        engine = sa.create_engine(url)
        effects = "SELECT count(*) FROM invitations"
        open_rows = "SELECT count(*) FROM outbox"
        _await(lambda: _scalar(engine, effects) > 0)
        seen, began = _scalar(engine, effects), time.monotonic()
        cpu = _cpu_seconds(process.pid)
        _await(lambda: _scalar(engine, effects) == events and _scalar(engine, open_rows) == 0)
        seconds = time.monotonic() - began
        result = Result(
            events - seen, seconds, _cpu_seconds(process.pid) - cpu, _peak_mebibytes(process.pid)
        )
        engine.dispose()
    print(f"  {result.events} events in {result.seconds:.2f} s", flush=True)
    return result


def _print(results: list[Result]) -> None:
    print("\nrun   events   seconds   events/s   CPU ms/event   peak MiB")
    for number, each in enumerate(results, 1):
        cpu = 1000 * each.cpu / each.events
        print(
            f"{number:3} {each.events:8} {each.seconds:9.2f} {each.rate:10.0f}"
            f" {cpu:14.3f} {each.memory:10.0f}"
        )
    rates = [each.rate for each in results]
    span = f"{min(rates):.0f} to {max(rates):.0f}"
    print(f"\nmedian {statistics.median(rates):.0f} events/s ({span}); one process, relay on,")
    print(f"{os.cpu_count()} cores shared with broker and database")


def _fresh_database(servers: TestServers) -> str:
    name = f"bench_{new_id().hex}"
    engine = sa.create_engine(servers.postgres_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    url = sa.make_url(servers.postgres_url).set(database=name)
    text = url.render_as_string(hide_password=False)
    migrating.migrate(ROOT / "services" / "invitation" / "migrations", text)
    return text


def _empty_queues(servers: TestServers) -> None:
    with kombu.Connection(servers.amqp_url) as connection:
        channel = connection.channel()
        for service in postgres.DATABASES:
            channel.queue_purge(f"{service.replace('_', '-')}.inbox")


def _fill(servers: TestServers, events: int) -> None:
    """Publish as onboarding's relay would; returns when the broker has confirmed all."""
    with kombu.Connection(servers.amqp_url) as connection:
        channel = connection.channel()
        channel.confirm_select()
        for _ in range(events):
            event = an_event(ServiceRequested, subject=new_id(), at=utc_now())
            message = amqp.Message(
                event.data.model_dump_json().encode(),
                content_type=wire.CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=2,
                application_headers=wire.headers_of(event),
            )
            channel.basic_publish(message, "onboarding.events", "ServiceRequested")
        _await(lambda: _ready(connection) == events)


def _ready(connection: kombu.Connection) -> int:
    with connection.channel() as channel:
        count: int = channel.queue_declare("invitation.inbox", passive=True).message_count
        return count


@contextmanager
def _work(servers: TestServers, url: str, folder: Path) -> Iterator["subprocess.Popen[bytes]"]:
    keys.generate(folder)
    settings = {
        "DATABASE_URL": url,
        "AMQP_URL": servers.service_amqp_urls["invitation"],
        "INTERNAL_PORT": str(free_port()),
        "PUBLIC_URL": "http://127.0.0.1",
        "PUBLIC_KEYS_FILE": str(folder / "public.jwks.json"),
        "LINK_KEYS_FILE": str(folder / "invitation.link.jwks.json"),
        "LOG_LEVEL": "WARNING",
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "invitation", "work"],
        env={**os.environ, **{f"INVITATION_{name}": value for name, value in settings.items()}},
    )
    try:
        yield process
    finally:
        process.terminate()
        process.wait(25)


def _await(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + LIMIT_SECONDS
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError("the run took too long; nothing was measured")
        time.sleep(0.02)


def _scalar(engine: sa.Engine, query: str) -> int:
    with engine.connect() as connection:
        return int(connection.execute(sa.text(query)).scalar_one())


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _CLOCK_TICKS


def _peak_mebibytes(pid: int) -> float:
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) / 1024 for row in rows if row.startswith("VmHWM"))


if __name__ == "__main__":
    main()
