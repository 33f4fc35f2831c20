"""Loading and saving aggregates by subject, many at a time: a statement each, not one per row."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Generic, Protocol, TypeVar
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from tenantlink_runtime.bulk import any_of, columns_of, insert_rows, new_rows, unique


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
        self._adapter: TypeAdapter[A] = TypeAdapter(kind)
        self._blank = blank
        self._columns = columns
        self._names = [column.name for column in table.c]
        self._lock = _lock(table)
        blank_rows = insert_rows(table, *self._names).on_conflict_do_nothing()
        self._create = blank_rows.returning(table.c.id)
        self._update = _update(table, self._names)
        self._find = sa.select(_text(table)).where(table.c.id == sa.bindparam("id"))

    def load(self, connection: sa.Connection, subjects: Sequence[UUID]) -> dict[UUID, A]:
        """Lock in the order of ids, so that replicas never wait for each other in a circle."""
        wanted = unique(subjects)
        found = self._locked(connection, wanted)
        missing = [subject for subject in wanted if subject not in found]
        if missing:
            found |= self._created(connection, missing)
        return found

    def save(self, connection: sa.Connection, aggregates: Sequence[A]) -> None:
        """One statement for all rows; they are there, because `load` has made them."""
        if aggregates:
            connection.execute(self._update, self._rows(aggregates))

    def find(self, connection: sa.Connection, subject: UUID) -> A | None:
        """One aggregate to look at, not locked; None where nothing is known."""
        state = connection.execute(self._find, {"id": subject}).scalar()
        return None if state is None else self._adapter.validate_json(state)

    def from_state(self, state: Any) -> A:
        """The aggregate in a `state` column that another query has read."""
        return self._adapter.validate_python(state)

    def _locked(self, connection: sa.Connection, subjects: Sequence[UUID]) -> dict[UUID, A]:
        rows = connection.execute(self._lock, {"ids": subjects})
        return {row.id: self._adapter.validate_json(row.state) for row in rows}

    def _created(self, connection: sa.Connection, subjects: Sequence[UUID]) -> dict[UUID, A]:
        """Blank ones. What another process has made at the same moment is waited for."""
        blank = {subject: self._blank(subject) for subject in subjects}
        rows = connection.execute(self._create, self._rows(list(blank.values())))
        ours = {row.id: blank[row.id] for row in rows}
        theirs = [subject for subject in subjects if subject not in ours]
        return ours | self._locked(connection, theirs) if theirs else ours

    def _rows(self, aggregates: Sequence[A]) -> dict[str, list[Any]]:
        rows = [
            {
                "id": aggregate.id,
                "state": self._adapter.dump_json(aggregate).decode(),
                **self._columns(aggregate),
            }
            for aggregate in sorted(aggregates, key=lambda each: each.id)
        ]
        return columns_of(rows, *self._names)


def _text(table: sa.Table) -> sa.ColumnElement[str]:
    """The state as text: pydantic reads it faster than the driver would."""
    return sa.cast(table.c.state, sa.Text).label("state")


def _lock(table: sa.Table) -> sa.Select[Any]:
    rows = sa.select(table.c.id, _text(table)).where(any_of(table.c.id, "ids"))
    return rows.order_by(table.c.id).with_for_update()


def _update(table: sa.Table, names: Sequence[str]) -> sa.Update:
    new = new_rows(table, names)
    changed = {name: new.c[name] for name in names if name != "id"}
    return table.update().values(changed).where(table.c.id == new.c.id)
