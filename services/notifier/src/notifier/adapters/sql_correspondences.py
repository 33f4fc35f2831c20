"""Correspondences in PostgreSQL."""

from uuid import UUID

import sqlalchemy as sa

from notifier.adapters.tables import correspondences
from notifier.domain.correspondence import Correspondence
from tenantlink_runtime.aggregates import StoredAggregates


def stored_correspondences() -> StoredAggregates[Correspondence]:
    """How the flow of events loads and saves them."""
    return StoredAggregates(correspondences, Correspondence, Correspondence)


class SqlCorrespondences:
    """A look at one correspondence, in a transaction of its own."""

    def __init__(self, engine: sa.Engine, aggregates: StoredAggregates[Correspondence]) -> None:
        self._engine = engine
        self._aggregates = aggregates

    def find(self, subject: UUID) -> Correspondence | None:
        """None where nothing is known."""
        with self._engine.connect() as connection:
            return self._aggregates.find(connection, subject)

    def with_mail(self, mail_id: UUID) -> Correspondence | None:
        """Found by an index of all mails."""
        wanted = correspondences.c.state["letters"].contains([{"id": str(mail_id)}])
        with self._engine.connect() as connection:
            state = connection.scalar(sa.select(correspondences.c.state).where(wanted))
        return None if state is None else self._aggregates.from_state(state)
