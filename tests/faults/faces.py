"""Reads the public faces: the services' audit views, the broker's queues, the mailbox."""

from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import kombu
import sqlalchemy as sa

from tenantlink_contracts import names
from tenantlink_runtime import topology
from tests.faults.checker import Order, Seen
from tests.faults.mailbox import Mailbox

_SET_ASIDE = (topology.UNROUTED, *map(topology.dead_letter_queue, names.SERVICES))
BACKLOG = ("unsent", "jobs_due", "parked")


@dataclass(frozen=True)
class PublicFaces:
    """Where they are: a database URL by service, an AMQP URL that may look at queues."""

    database_urls: Mapping[str, str]
    amqp_url: str
    mailbox: Mailbox

    def look(self) -> Seen:
        """What all of them tell now."""
        orders = self._view("onboarding", "audit_orders")
        backlogs = {each: self._view(each, "audit_backlog")[0] for each in self.database_urls}
        queues = self._queues()
        aside = {name: count for name, count in queues.items() if name in _SET_ASIDE}
        dead = {f"{service}'s dead letters": row.dead for service, row in backlogs.items()}
        todo = {
            f"{service}, {what}": getattr(row, what)
            for service, row in backlogs.items()
            for what in BACKLOG
        }
        return Seen(
            orders=[Order(o.id, o.short_name, o.status, o.rounds) for o in orders if o.short_name],
            live_links=self._column("invitation", "audit_invitations", "live_links"),
            kept_credentials=self._column("credential_validator", "audit_credentials", "kept"),
            mail_fates=self._column("notifier", "audit_mails", "fate"),
            letters=self.mailbox.letters(),
            waiting={n: c for n, c in queues.items() if n not in _SET_ASIDE} | todo,
            set_aside=aside | dead,
        )

    def _column(self, service: str, view: str, column: str) -> dict[UUID, Any]:
        return {row.id: getattr(row, column) for row in self._view(service, view)}

    def _view(self, service: str, name: str) -> list[Any]:
        engine = sa.create_engine(self.database_urls[service], poolclass=sa.NullPool)
        with engine.connect() as connection:
            return list(connection.execute(sa.text(f"SELECT * FROM {name}")))  # noqa: S608

    def _queues(self) -> dict[str, int]:
        """How many messages stand ready in each queue."""
        wanted = [queue.name for queue in topology.declared().queues]
        with (
            kombu.Connection(self.amqp_url, connect_timeout=10) as connection,
            closing(connection.channel()) as channel,
        ):
            return {each: _count(channel, each) for each in wanted}


def _count(channel: Any, queue: str) -> int:
    return int(channel.queue_declare(queue, passive=True).message_count)
