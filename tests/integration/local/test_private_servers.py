"""The private broker and database: who may do what, and nothing stays behind."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import amqp
import kombu
import psycopg2
import pytest
import sqlalchemy as sa

from tenantlink_contracts import names
from tenantlink_local import folder, ports, postgres, process, servers
from tests.support.servers import TestServers

NAMES = servers.PORTS


@pytest.fixture(scope="module")
def databases(servers: TestServers) -> postgres.Database:
    """The services' own databases, on the session's server."""
    return postgres.provide(servers.postgres_url)


@contextmanager
def channel(url: str) -> Iterator[Any]:
    with kombu.Connection(url) as connection:
        yield connection.channel()


def test_there_is_no_guest(servers: TestServers) -> None:
    guest = sa.make_url(servers.amqp_url).set(username="guest", password="guest")
    with (
        pytest.raises(amqp.exceptions.AccessRefused),
        channel(guest.render_as_string(hide_password=False)),
    ):
        pass


def test_a_message_over_128_kib_is_refused(servers: TestServers) -> None:
    options = {"confirm_publish": True}
    with (
        pytest.raises(amqp.exceptions.PreconditionFailed, match="larger than configured max"),
        kombu.Connection(servers.amqp_url, transport_options=options) as connection,
    ):
        kombu.Producer(connection).publish("x" * 131_073, exchange="notifier.events")


def test_each_service_owns_its_database_and_reaches_no_other(databases: postgres.Database) -> None:
    own = {name: sa.make_url(url) for name, url in databases.service_urls.items()}
    for name, url in own.items():
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE mine (id int)"))
            connection.execute(sa.text("DROP TABLE mine"))
        engine.dispose()
        for other in own.keys() - {name}:
            with pytest.raises(psycopg2.OperationalError, match="permission denied for database"):
                psycopg2.connect(**connection_to(url.set(database=other)))


def test_a_wrong_password_is_refused_by_the_database(databases: postgres.Database) -> None:
    url = sa.make_url(databases.service_urls["notifier"]).set(password="wrong")
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        psycopg2.connect(**connection_to(url))


def test_providing_databases_again_keeps_what_is_in_them(servers: TestServers) -> None:
    for password in ("first", "second"):
        url = postgres.provide(servers.postgres_url).service_urls["notifier"]
        engine = sa.create_engine(url)
        with engine.begin() as connection:
            connection.execute(sa.text("CREATE TABLE IF NOT EXISTS kept (what text)"))
            connection.execute(sa.text("INSERT INTO kept VALUES (:it)"), {"it": password})
            rows = connection.execute(sa.text("SELECT what FROM kept")).scalars().all()
        engine.dispose()
    assert rows == ["first", "second"]


@pytest.mark.parametrize(
    ("setting", "value"),
    [("listen_addresses", "127.0.0.1"), ("unix_socket_directories", ""), ("fsync", "on")],
)
def test_the_database_listens_on_this_machine_only_and_keeps_what_it_confirms(
    servers: TestServers, setting: str, value: str
) -> None:
    engine = sa.create_engine(servers.postgres_url)
    with engine.connect() as connection:
        assert connection.execute(sa.text(f"SHOW {setting}")).scalar_one() == value
    engine.dispose()


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the database's user can reach."""
    with tempfile.TemporaryDirectory(prefix="tenantlink-test-") as private:
        Path(private).chmod(0o755)
        folder.prepare(Path(private) / "data")
        yield Path(private) / "data"


def test_a_second_pair_of_servers_runs_beside_and_leaves_nothing_behind(
    servers: TestServers, place: Path
) -> None:
    chosen = ports.choose(NAMES)
    running = start_servers(place, chosen)
    try:
        assert sa.make_url(running.messaging.admin_url).port != sa.make_url(servers.amqp_url).port
        assert running.messaging.service_urls.keys() == set(names.SERVICES)
    finally:
        running.stop()
    assert all(ports.is_free(port) for port in chosen.values())
    assert not any(child.is_running() for child in running.children)
    with channel(servers.service_amqp_urls["notifier"]) as own:  # the first pair still answers
        own.basic_get("notifier.inbox")


def test_when_the_database_cannot_start_the_broker_is_stopped_again(place: Path) -> None:
    chosen = ports.choose(NAMES)
    (place / "postgres" / "cluster").mkdir(parents=True)
    (place / "postgres" / "cluster" / "in the way").touch()
    with pytest.raises(process.DidNotStart, match=r"initdb failed(.|\n)*not empty"):
        start_servers(place, chosen)
    assert all(ports.is_free(port) for port in chosen.values())


def start_servers(place: Path, chosen: dict[str, int]) -> servers.Servers:
    assert "TENANTLINK_AMQP_URL" not in os.environ
    return servers.start(place, chosen)


def connection_to(url: sa.URL) -> dict[str, Any]:
    return {
        "host": url.host,
        "port": url.port,
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
