"""Real servers for all integration tests: started once, private, stopped at the end."""

import itertools
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import kombu
import pytest
import sqlalchemy as sa

from tenantlink_runtime import migrating, topology
from tests.support.ports import free_port
from tests.support.sample import Sample
from tests.support.servers import TestServers
from tests.support.tcp_proxy import TcpProxy

ROOT = Path(__file__).parents[2]
_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def servers() -> Iterator[TestServers]:
    """A broker with the topology and users of the product, and a database server."""
    with TestServers.started() as running:
        yield running


@pytest.fixture(autouse=True)
def empty_queues(request: pytest.FixtureRequest) -> None:
    """No test meets what another one has left on the broker."""
    if "servers" in request.fixturenames:
        running: TestServers = request.getfixturevalue("servers")
        with kombu.Connection(running.amqp_url) as connection:
            channel = connection.channel()
            for queue in topology.declared(running.upstream_amqp_urls).queues:
                channel.queue_purge(queue.name)


@pytest.fixture
def fresh_database(servers: TestServers) -> Callable[[], str]:
    """Makes an empty database; its SQLAlchemy URL."""

    def make() -> str:
        name = f"test_{os.getpid()}_{next(_numbers)}"
        engine = sa.create_engine(servers.postgres_url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(sa.text(f'CREATE DATABASE "{name}"'))
        engine.dispose()
        return str(
            sa.make_url(servers.postgres_url)
            .set(database=name)
            .render_as_string(hide_password=False)
        )

    return make


@pytest.fixture
def migrated_database(
    fresh_database: Callable[[], str],
) -> Callable[[str], str]:
    """Makes a database with a service's migrations, through the service's own command."""

    def make(package: str) -> str:
        url = fresh_database()
        folder = ROOT / "services" / package.replace("_", "-") / "migrations"
        migrating.migrate(folder, url)
        return url

    return make


@pytest.fixture
def sample(
    servers: TestServers, fresh_database: Callable[[], str], tmp_path: Path
) -> Iterator[Sample]:
    """The sample service with an empty queue and an empty database."""
    url = fresh_database()
    amqp = sa.make_url(servers.amqp_url)
    proxy = TcpProxy(amqp.port or 5672)
    proxied = amqp.set(port=proxy.port).render_as_string(hide_password=False)
    database = sa.make_url(url)
    database_proxy = TcpProxy(database.port or 5432)
    behind = database.set(port=database_proxy.port).render_as_string(hide_password=False)
    engine = sa.create_engine(url)
    surroundings = Sample(
        engine, url, servers.amqp_url, proxy, proxied, database_proxy, behind, free_port(), tmp_path
    )
    surroundings.prepare()
    yield surroundings
    proxy.close()
    database_proxy.close()
    engine.dispose()
