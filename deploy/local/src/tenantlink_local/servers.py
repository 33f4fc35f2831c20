"""Broker and database: private ones, or those whose URLs the environment gives."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tenantlink_local import messaging, postgres, process, rabbitmq
from tenantlink_local.messaging import Messaging

BROKER = "RabbitMQ"
NAMES = (BROKER, "PostgreSQL")
PORTS = (*rabbitmq.PORTS, "postgres")


@dataclass
class Servers:
    """Running servers, and what has to be stopped again."""

    messaging: Messaging
    database: postgres.Database
    children: list[process.Child] = field(default_factory=list)
    epmd_port: int | None = None

    def stop(self) -> None:
        """Stop what we started; servers that were given stay."""
        stop(self.children, self.epmd_port)


def start(folder: Path, ports: dict[str, int], started: process.Started | None = None) -> Servers:
    """Start both at once, with the topology; on a failure both are stopped again.

    `ports` needs `PORTS`.
    """
    children: list[process.Child] = []

    def remember(child: process.Child) -> None:
        children.append(child)
        if started is not None:
            started(child)

    try:
        with ThreadPoolExecutor() as pool:
            broker = pool.submit(messaging.start, folder / "rabbitmq", ports, remember)
            database = pool.submit(_database, folder / "postgres", ports, remember)
        return Servers(broker.result(), database.result(), children, ports["epmd"])
    except BaseException:
        stop(children, ports["epmd"])
        raise


def stop(children: Sequence[process.Child], epmd_port: int | None) -> None:
    """Stop these servers, both at once."""

    def one(child: process.Child) -> None:
        if child.name == BROKER and epmd_port is not None:
            rabbitmq.stop(child, epmd_port)
        else:
            child.stop()

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, children))


def _database(folder: Path, ports: dict[str, int], started: process.Started) -> postgres.Database:
    given = os.environ.get("TENANTLINK_POSTGRES_URL")
    if given:
        url = sa.make_url(given).set(drivername="postgresql+psycopg2")
        return postgres.provide(url.render_as_string(hide_password=False))
    return postgres.start(folder, ports["postgres"], started)
