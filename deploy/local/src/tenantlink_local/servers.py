"""Broker and database: private ones, or those whose URLs the environment gives."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from tenantlink_contracts import names
from tenantlink_local import postgres, process, rabbitmq
from tenantlink_runtime import declaring, topology


@dataclass
class Servers:
    """Running servers, and what has to be stopped again."""

    admin_amqp_url: str
    service_amqp_urls: dict[str, str]
    database: postgres.Database
    children: list[process.Child] = field(default_factory=list)
    epmd_port: int | None = None

    def stop(self) -> None:
        """Stop what we started; servers that were given stay."""
        for child in self.children:
            if child.name == "RabbitMQ" and self.epmd_port is not None:
                rabbitmq.stop(child, self.epmd_port)
            else:
                child.stop()


def start(folder: Path, ports: dict[str, int]) -> Servers:
    """Start both at once, and apply the topology."""
    with ThreadPoolExecutor() as pool:
        amqp = pool.submit(_broker, folder / "rabbitmq", ports)
        database = pool.submit(_database, folder / "postgres", ports)
        admin_url, service_urls, broker_child = amqp.result()
        data, database_child = database.result()
    children = [child for child in (broker_child, database_child) if child is not None]
    declaring.apply(admin_url, topology.declared())
    epmd_port = ports["epmd"] if broker_child else None
    return Servers(admin_url, service_urls, data, children, epmd_port)


def _broker(
    folder: Path, ports: dict[str, int]
) -> tuple[str, dict[str, str], process.Child | None]:
    given = os.environ.get("TENANTLINK_AMQP_URL")
    if given:
        return given, dict.fromkeys(names.SERVICES, given), None
    broker, child = rabbitmq.start(folder, ports)
    urls = {service: broker.url(service) for service in names.SERVICES}
    return broker.url(rabbitmq.ADMIN), urls, child


def _database(
    folder: Path, ports: dict[str, int]
) -> tuple[postgres.Database, process.Child | None]:
    given = os.environ.get("TENANTLINK_POSTGRES_URL")
    if given:
        url = sa.make_url(given).set(drivername="postgresql+psycopg2")
        return postgres.provide(url.render_as_string(hide_password=False)), None
    return postgres.start(folder, ports["postgres"])
