"""Others can read what we publish with what they have."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import keys, tables
from tests.support.events import an_event
from tests.support.ports import free_port
from tests.support.servers import TestServers

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
    assert process.stdout is not None
    assert process.stdout.readline() == "listening\n"
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


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
    row = {
        "exchange": "onboarding.events",
        "routing_key": "ServiceCreated",
        "headers": wire.headers_of(event),
        "body": event.data.model_dump_json().encode(),
    }
    with onboarding_database.begin() as connection:
        connection.execute(tables.outbox.insert().values(row))
    assert stock_listener.stdout is not None
    heard = json.loads(stock_listener.stdout.readline())
    assert heard == json.loads(event.data.model_dump_json())
