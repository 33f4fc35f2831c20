"""What a run needs around the contender: a database of its own, filled queues, a clean broker."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from uuid import UUID

import amqp
import kombu
import sqlalchemy as sa

from onboarding.adapters.sql_onboardings import stored_onboardings
from tenantlink_contracts import wire
from tenantlink_contracts.credential_validator import DeviceAuthenticationFailed
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime import migrating
from tenantlink_runtime.clock import new_id, utc_now
from tests.benchmarks import case
from tests.support.events import an_event
from tests.support.onboarding_builders import an_onboarding, an_order
from tests.support.servers import TestServers
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[2]
SENT_AGAIN_EVERY = 100
SENT_AGAIN_AFTER = 300


@dataclass(frozen=True)
class Load:
    """Onboardings in a template database, and the messages about them.

    Every hundredth message is sent twice, as a relay does that has crashed after its broker's
    confirm: at-least-once transport is what inboxes are for.
    """

    events: int
    template: str
    messages: Sequence[amqp.Message]


@dataclass
class Surroundings:
    """Broker and database server, as their administrator."""

    servers: TestServers
    loads: dict[int, Load] = field(default_factory=dict)
    _made: list[str] = field(default_factory=list)

    @cached_property
    def _admin(self) -> sa.Engine:
        return sa.create_engine(self.servers.postgres_url, isolation_level="AUTOCOMMIT")

    def load(self, events: int) -> Load:
        """So many onboardings and messages; made once."""
        if events not in self.loads:
            self.loads[events] = self._make(events)
        return self.loads[events]

    @contextmanager
    def database(self, template: str) -> Iterator[str]:
        """A copy of a template, dropped at the end; its URL."""
        name = f"bench_{new_id().hex}"
        self._command(f"CREATE DATABASE {name} TEMPLATE {template}")
        try:
            yield self._url(name)
        finally:
            self._command(f"DROP DATABASE {name} WITH (FORCE)")

    def migrated(self, package: str) -> str:
        """A new database with a service's own migrations; its name."""
        name = f"bench_{new_id().hex}"
        self._command(f"CREATE DATABASE {name}")
        self._made.append(name)
        folder = ROOT / "services" / package.replace("_", "-") / "migrations"
        migrating.migrate(folder, self._url(name))
        return name

    def close(self) -> None:
        """Drop what was made, which matters where the server was given to us."""
        for name in self._made:
            self._command(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        self._admin.dispose()

    def checkpoint(self) -> None:
        """So that no run pays for the writes of the run before."""
        self._command("CHECKPOINT")

    def _make(self, events: int) -> Load:
        template = self.migrated("onboarding")
        subjects = [new_id() for _ in range(events)]
        seed(self._url(template), subjects)
        sent = [message_of(_failed(subject)) for subject in subjects]
        return Load(events, template, _some_twice(sent))

    def _command(self, text: str) -> None:
        with self._admin.connect() as connection:
            connection.execute(sa.text(text))

    def _url(self, name: str) -> str:
        url = sa.make_url(self.servers.postgres_url).set(database=name)
        return url.render_as_string(hide_password=False)


class Broker:
    """The administrator's view of the queues."""

    def __init__(self, url: str) -> None:
        self._connection = kombu.Connection(url)
        self._channel = self._connection.channel()
        self._channel.confirm_select()

    def close(self) -> None:
        """End the connection."""
        self._connection.release()

    def fill(self, queue: str, messages: Sequence[amqp.Message]) -> None:
        """Returns when all of them can be read."""
        for message in messages:
            self._channel.basic_publish(message, "", queue)
        eventually(lambda: self.ready(queue) == len(messages), 60, f"the filling of {queue}")

    def ready(self, queue: str) -> int:
        """How many messages can be read."""
        return int(self._channel.queue_declare(queue, passive=True).message_count)

    def declare(self, queue: str, exchange: str, key: str) -> None:
        """A durable classic queue, as nameko makes them."""
        self._channel.queue_declare(queue, durable=True, auto_delete=False)
        self._channel.queue_bind(queue, exchange, key)

    def delete(self, queue: str) -> None:
        """Leave nothing behind."""
        self._channel.queue_delete(queue)

    def purge(self, queue: str) -> None:
        """Empty a queue."""
        self._channel.queue_purge(queue)

    def take_all(self, queue: str, see: Callable[[Any], object]) -> None:
        """Read a queue until it is empty, showing every message."""
        expected, seen = self.ready(queue), 0
        while seen < expected:
            message = self._channel.basic_get(queue, no_ack=True)
            if message is not None:
                see(message)
                seen += 1


def seed(url: str, subjects: Sequence[UUID]) -> None:
    """One invited onboarding per subject, stored as the product stores it: what it keeps beside the
    state (words to search by, for instance) changes seldom, and must not be new in every run."""
    customer = new_id()
    names = [f"s{number}" for number in range(len(subjects))]
    invited = [
        case.with_link(an_onboarding(id=subject, order=_order(customer, name)))
        for subject, name in zip(subjects, names, strict=True)
    ]
    stored = stored_onboardings()
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        _add_customer(connection, customer)
        stored.load(connection, subjects)
        stored.save(connection, invited)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM FULL ANALYZE"))
    engine.dispose()


def message_of(event: Event[Fact]) -> amqp.Message:
    """As the publisher's relay would send it."""
    return amqp.Message(
        event.data.model_dump_json().encode(),
        content_type=wire.CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=2,
        message_id=str(event.id),
        application_headers=wire.headers_of(event),
    )


def _add_customer(connection: sa.Connection, customer: UUID) -> None:
    connection.execute(
        sa.text("INSERT INTO customers VALUES (:id, 'contoso', 'Contoso', '[]')"),
        {"id": customer},
    )


def _order(customer: UUID, name: str) -> Any:
    return an_order(customer_id=customer, short_name=name)


def _failed(subject: UUID) -> Event[Fact]:
    return an_event(
        DeviceAuthenticationFailed, subject=subject, at=utc_now(), submission_id=new_id()
    )


def _some_twice(messages: Sequence[amqp.Message]) -> list[amqp.Message]:
    sent: list[amqp.Message] = []
    for number, message in enumerate(messages):
        sent.append(message)
        earlier = number - SENT_AGAIN_AFTER
        if earlier >= 0 and earlier % SENT_AGAIN_EVERY == 0:
            sent.append(messages[earlier])
    return sent
