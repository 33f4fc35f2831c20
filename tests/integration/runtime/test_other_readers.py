"""Others can read what we publish with what they have."""

import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import kombu
import pytest
import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import keys, tables, topology
from tests.support.events import an_event
from tests.support.ports import free_port
from tests.support.servers import TestServers
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[3]


@pytest.fixture
def stock_listener(servers: TestServers) -> Iterator["subprocess.Popen[str]"]:
    """A stock nameko service that listens already."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.stock_nameko", servers.amqp_url],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            assert next_line(process) == "listening\n"
            yield process
        finally:
            process.kill()


@pytest.fixture
def onboarding_database(
    servers: TestServers, migrated_database: Callable[[str], str], tmp_path: Path
) -> Iterator[sa.Engine]:
    """The database of a running onboarding `work` process, with its own broker user."""
    url = migrated_database("onboarding")
    keys.generate(tmp_path)
    settings = {
        "DATABASE_URL": url,
        "AMQP_URL": servers.service_amqp_urls["onboarding"],
        "INTERNAL_PORT": str(free_port()),
        "PUBLIC_URL": "http://127.0.0.1",
        "PUBLIC_KEYS_FILE": str(tmp_path / "public.jwks.json"),
        "OIDC_ISSUER": "https://127.0.0.1",
        "OIDC_CLIENT_ID": "console",
        "OIDC_CLIENT_SECRET_FILE": os.devnull,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "onboarding", "work"],
        env={**os.environ, **{f"ONBOARDING_{name}": value for name, value in settings.items()}},
        stdout=subprocess.DEVNULL,
    )
    engine = sa.create_engine(url)
    yield engine
    engine.dispose()
    process.kill()
    process.wait()


def test_a_stock_nameko_event_handler_receives_our_event(
    stock_listener: "subprocess.Popen[str]", onboarding_database: sa.Engine
) -> None:
    event = an_event(ServiceCreated)
    record(onboarding_database, event, "ServiceCreated")
    assert json.loads(next_line(stock_listener)) == event.data.model_dump(mode="json")


def test_what_nobody_is_bound_to_ends_in_the_queue_of_unrouted_events(
    servers: TestServers, onboarding_database: sa.Engine
) -> None:
    event = an_event(ServiceCreated)
    record(onboarding_database, event, "NobodyReadsThis")
    with kombu.Connection(servers.amqp_url) as connection:
        channel = connection.channel()
        eventually(lambda: str(event.id) in unrouted(channel), what="the event in unrouted")


def unrouted(channel: Any) -> set[str]:
    """The ids of what is in the queue, which other tests use too; it is taken out."""
    message, found = channel.basic_get(topology.UNROUTED, no_ack=True), set()
    while message:
        found.add(message.headers.get("ce-id", ""))
        message = channel.basic_get(topology.UNROUTED, no_ack=True)
    return found


def record(database: sa.Engine, event: Event[Any], routing_key: str) -> None:
    """As a page's transaction would."""
    row = {
        "exchange": "onboarding.events",
        "routing_key": routing_key,
        "headers": wire.headers_of(event),
        "body": event.data.model_dump_json().encode(),
    }
    with database.begin() as connection:
        connection.execute(tables.outbox.insert().values(row))


def next_line(process: "subprocess.Popen[str]", seconds: float = 30) -> str:
    """What a process says next; waiting has a limit."""
    assert process.stdout is not None
    readable, _, _ = select.select([process.stdout], [], [], seconds)
    return process.stdout.readline() if readable else "silence"
