"""The broker with the product's topology and users: a private one, or one whose URL is given.

A given broker (TENANTLINK_AMQP_URL) gets its topology through TENANTLINK_MANAGEMENT_URL, which
sets the passwords of its users anew. Without that URL nothing is changed there: the topology has
to stand already, and everybody uses the user of the URL, so least rights are not proven.
"""

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote, unquote, urlsplit, urlunsplit

import kombu

from tenantlink_cli import applying
from tenantlink_cli.management import Management
from tenantlink_contracts import names
from tenantlink_local import process, rabbitmq
from tenantlink_runtime import broker_passwords, topology

UPSTREAM_SYSTEMS = ("crm", "orders")
"""Two examples, so that it shows when one could read what is the other's."""


class TopologyMissing(Exception):
    """A given broker has not what the services need, and we may not make it."""


@dataclass(frozen=True)
class Messaging:
    """Who connects how: AMQP URLs by service and by upstream system."""

    admin_url: str
    management_url: str | None
    service_urls: dict[str, str]
    upstream_urls: dict[str, str]


def start(folder: Path, ports: dict[str, int], started: process.Started) -> Messaging:
    """Start a broker, or use the given one, and put the topology on it."""
    given = os.environ.get("TENANTLINK_AMQP_URL")
    if not given:
        broker = rabbitmq.start(folder, ports, started)
        return provide(folder, broker.admin_url, broker.management_url)
    management_url = os.environ.get("TENANTLINK_MANAGEMENT_URL")
    if management_url:
        folder.mkdir(parents=True, exist_ok=True)
        return provide(folder, given, management_url)
    return _as_it_is(given)


def provide(folder: Path, admin_url: str, management_url: str) -> Messaging:
    """What a platform team does by `tenantlink topology passwords` and `topology apply`.

    The passwords stay in the folder, for whoever wants to publish as an upstream system.
    """
    file = folder / "passwords.json"
    broker_passwords.extend(file, [*names.SERVICES, *UPSTREAM_SYSTEMS])
    passwords = broker_passwords.read(file)
    wanted = applying.Wanted(_vhost_of(admin_url), UPSTREAM_SYSTEMS, passwords)
    applying.apply(Management(management_url), wanted).check()
    urls = {user: _as_user(admin_url, user, password) for user, password in passwords.items()}
    return Messaging(
        admin_url,
        management_url,
        {each: urls[each] for each in names.SERVICES},
        {each: urls[each] for each in UPSTREAM_SYSTEMS},
    )


def _as_it_is(url: str) -> Messaging:
    print(
        "\n  TENANTLINK_MANAGEMENT_URL is not set: the broker is used as it is, and all services\n"
        "  use the user of TENANTLINK_AMQP_URL.",
        file=sys.stderr,
    )
    missing = _missing_queues(url)
    if missing:
        raise TopologyMissing(
            f"The broker of TENANTLINK_AMQP_URL has no {', '.join(missing)}. Set "
            "TENANTLINK_MANAGEMENT_URL too, or run: tenantlink topology apply"
        )
    everybody = dict.fromkeys(names.SERVICES, url)
    return Messaging(url, None, everybody, dict.fromkeys(UPSTREAM_SYSTEMS, url))


def _missing_queues(url: str) -> list[str]:
    wanted = [queue.name for queue in topology.declared().queues]
    with kombu.Connection(url, connect_timeout=10) as connection:
        return [name for name in wanted if not _exists(connection, name)]


def _exists(connection: kombu.Connection, queue: str) -> bool:
    channel = connection.channel()  # one each: the broker closes it over a missing queue
    try:
        channel.queue_declare(queue, passive=True)
    except connection.channel_errors:
        return False
    channel.close()
    return True


def _vhost_of(amqp_url: str) -> str:
    return unquote(urlsplit(amqp_url).path[1:]) or "/"


def _as_user(amqp_url: str, user: str, password: str) -> str:
    """The same place, somebody else."""
    parts = urlsplit(amqp_url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{quote(user)}:{quote(password, safe='')}@{place}"))
