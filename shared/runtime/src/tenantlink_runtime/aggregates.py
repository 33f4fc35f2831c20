"""Loading and saving aggregates by subject, many at a time: a statement each, not one per row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.dialects.postgresql import UUID as PgUUID


class HasId(Protocol):
    """An aggregate is known by its subject."""

    @property
    def id(self) -> UUID: ...


A = TypeVar("A", bound=HasId)


class Aggregates(Protocol[A]):
    """The port: what the flow of events needs of a service's storage."""

    def load(self, connection: sa.Connection, subjects: Sequence[UUID]) -> dict[UUID, A]:
        """Every subject's aggregate, locked; a blank one where there was none."""
        ...

    def save(self, connection: sa.Connection, aggregates: Sequence[A]) -> None:
        """Store what was loaded and changed."""
        ...


def aggregate_table(name: str, metadata: sa.MetaData, *columns: sa.Column[Any]) -> sa.Table:
    """A table of aggregates: id, the whole state as JSON, and columns for what pages search by."""
    return sa.Table(
        name,
        metadata,
        sa.Column("id", PgUUID(as_uuid=True), primary_key=True),
        sa.Column("state", JSONB, nullable=False),
        *columns,
    )


class StoredAggregates(Generic[A]):
    """`Aggregates` on a table of `aggregate_table`.

    The aggregate is a frozen standard-library dataclass; `blank(id)` makes one that has seen
    nothing; `columns(aggregate)` gives the values of the table's searchable columns.
    """

    def __init__(
        self,
        table: sa.Table,
        kind: type[A],
        blank: Callable[[UUID], A],
        columns: Callable[[A], Mapping[str, Any]] = lambda _: {},
    ) -> None:
        self._table = table
        self._adapter: TypeAdapter[A] = TypeAdapter(kind)
        self._blank = blank
        self._columns = columns

    def load(self, connection: sa.Connection, subjects: Sequence[UUID]) -> dict[UUID, A]:
        """Lock in the order of ids, so that replicas never wait for each other in a circle."""
        wanted = sorted(set(subjects))
        found = self._locked(connection, wanted)
        missing = [subject for subject in wanted if subject not in found]
        if missing:
            self._create(connection, missing)
            found |= self._locked(connection, missing)
        return found

    def save(self, connection: sa.Connection, aggregates: Sequence[A]) -> None:
        """One multi-row statement."""
        if not aggregates:
            return
        statement = insert(self._table).values(self._rows(aggregates))
        changed = {c.name: statement.excluded[c.name] for c in self._table.c if c.name != "id"}
        connection.execute(statement.on_conflict_do_update(index_elements=["id"], set_=changed))

    def find(self, connection: sa.Connection, subject: UUID) -> A | None:
        """One aggregate to look at, not locked; None where nothing is known."""
        row = connection.execute(
            sa.select(self._table.c.state).where(self._table.c.id == subject)
        ).first()
        return self._adapter.validate_python(row.state) if row else None

    def from_state(self, state: Any) -> A:
        """The aggregate in a `state` column that another query has read."""
        return self._adapter.validate_python(state)

    def _locked(self, connection: sa.Connection, subjects: Sequence[UUID]) -> dict[UUID, A]:
        table = self._table
        rows = connection.execute(
            sa.select(table.c.id, table.c.state)
            .where(table.c.id == sa.any_(sa.cast(list(subjects), sa.ARRAY(PgUUID))))
            .order_by(table.c.id)
            .with_for_update()
        )
        return {row.id: self._adapter.validate_python(row.state) for row in rows}

    def _create(self, connection: sa.Connection, subjects: Iterable[UUID]) -> None:
        rows = self._rows([self._blank(subject) for subject in subjects])
        connection.execute(insert(self._table).values(rows).on_conflict_do_nothing())

    def _rows(self, aggregates: Iterable[A]) -> list[dict[str, Any]]:
        return [
            {
                "id": aggregate.id,
                "state": self._adapter.dump_python(aggregate, mode="json"),
                **self._columns(aggregate),
            }
            for aggregate in sorted(aggregates, key=lambda each: each.id)
        ]
