"""What a person can do with the messages in the table `parked`: find, replay, discard.

Replaying only makes a row due. The running `work` process then tries it by the normal way of an
event and deletes the row after its effect is committed, so that a command killed at any moment
loses nothing and doubles nothing. A row that is being tried at this moment is left alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID as PgUUID

from tenantlink_contracts.fact import TYPE_PREFIX
from tenantlink_runtime import inbox
from tenantlink_runtime.tables import parked

Status = Literal["parked", "dead"]
BATCH_SIZE = 100

_event_type = parked.c.headers["ce-type"].astext
_event_id = parked.c.headers["ce-id"].astext
_subject = parked.c.headers["ce-subject"].astext


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows; what is None or empty does not restrict. `since` counts, `until` does not."""

    ids: tuple[UUID, ...] = ()
    status: Status | None = None
    event: str | None = None
    subject: UUID | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing restricts."""
        return self == Selection()

    def conditions(self) -> list[sa.ColumnElement[bool]]:
        """The WHERE clause, to be joined by AND."""
        wanted: Iterable[tuple[Any, Any]] = (
            (self.ids, lambda: _is_one_of(self.ids)),
            (self.status, lambda: parked.c.status == self.status),
            (self.event, lambda: _is_event(self.event or "")),
            (self.subject, lambda: _subject == str(self.subject)),
            (self.reason, lambda: parked.c.reason.icontains(self.reason or "", autoescape=True)),
            (self.since, lambda: parked.c.first_seen >= self.since),
            (self.until, lambda: parked.c.first_seen < self.until),
        )
        return [condition() for value, condition in wanted if value]


@dataclass(frozen=True, slots=True)
class Candidate:
    """As much of a row as is needed to decide whether it may be replayed."""

    id: UUID
    event_id: str | None
    first_seen: datetime

    def may_be_forgotten(self, now: datetime) -> bool:
        """Whether the inbox may no longer know the event, so that its effect could be doubled."""
        born = min(self.first_seen, time_in(self.event_id) or self.first_seen)
        return now - born > inbox.KEPT


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """A row as lists show it. What stands in the headers is whatever the sender wrote there."""

    id: UUID
    status: Status
    queue: str
    event_type: str | None
    event_id: str | None
    subject: str | None
    attempts: int
    first_seen: datetime
    due_at: datetime | None
    reason: str

    @property
    def event(self) -> str | None:
        """The event's name; the whole type where it is none of ours or not of version 1."""
        name = (self.event_type or "").removeprefix(f"{TYPE_PREFIX}.").removesuffix(".v1")
        return name if "." not in name and name else self.event_type


@dataclass(frozen=True, slots=True)
class WholeLetter:
    """Everything of a row. The body may hold sealed fields and worse: never print it as it is."""

    summary: DeadLetter
    content_type: str | None
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Batch:
    """What one transaction did: `asked` minus `done` are being tried right now, or gone."""

    asked: int
    done: int


def time_in(event_id: str | None) -> datetime | None:
    """When a UUIDv7 was made (RFC 9562: milliseconds in the first 48 bits); None for others."""
    try:
        identity = UUID(event_id or "")
    except ValueError:
        return None
    if identity.version != 7:
        return None
    return datetime.fromtimestamp((identity.int >> 80) / 1000, UTC)


def count(connection: sa.Connection, selection: Selection) -> int:
    """How many rows there are."""
    query = sa.select(sa.func.count()).select_from(parked).where(*selection.conditions())
    return connection.execute(query).scalar_one()


def find(connection: sa.Connection, selection: Selection, limit: int) -> list[DeadLetter]:
    """The newest so many rows, newest first, without their bodies."""
    query = _newest_first(sa.select(*_SUMMARY), selection).limit(limit)
    return [_summary(row) for row in connection.execute(query)]


def candidates(connection: sa.Connection, selection: Selection) -> list[Candidate]:
    """All rows, newest first; small, because there may be very many."""
    columns = (parked.c.id, _event_id.label("event_id"), parked.c.first_seen)
    rows = connection.execute(_newest_first(sa.select(*columns), selection))
    return [Candidate(row.id, row.event_id, row.first_seen) for row in rows]


def whole(connection: sa.Connection, letter: UUID) -> WholeLetter | None:
    """One row with headers and body; None where there is none."""
    columns = (*_SUMMARY, parked.c.content_type, parked.c.headers, parked.c.body)
    row = connection.execute(sa.select(*columns).where(parked.c.id == letter)).first()
    if row is None:
        return None
    return WholeLetter(_summary(row), row.content_type, row.headers, bytes(row.body))


def replay(engine: sa.Engine, letters: Iterable[UUID]) -> Iterator[Batch]:
    """Make rows due now, with all attempts before them; a transaction per 100 rows."""
    due = {"status": "parked", "attempts": 0, "due_at": sa.func.now()}
    for batch in _batches(letters):
        free = _free(batch)
        statement = parked.update().where(parked.c.id.in_(sa.select(free.c.id))).values(due)
        yield _executed(engine, statement, batch)


def discard(engine: sa.Engine, letters: Iterable[UUID]) -> Iterator[Batch]:
    """Delete rows for good; a transaction per 100 rows."""
    for batch in _batches(letters):
        free = _free(batch)
        statement = parked.delete().where(parked.c.id.in_(sa.select(free.c.id)))
        yield _executed(engine, statement, batch)


_SUMMARY: tuple[sa.ColumnElement[Any], ...] = (
    parked.c.id,
    parked.c.status,
    parked.c.queue,
    _event_type.label("event_type"),
    _event_id.label("event_id"),
    _subject.label("subject"),
    parked.c.attempts,
    parked.c.first_seen,
    parked.c.due_at,
    parked.c.reason,
)


def _summary(row: Any) -> DeadLetter:
    return DeadLetter(*(row._mapping[column.name] for column in _SUMMARY))


def _newest_first(query: sa.Select[Any], selection: Selection) -> sa.Select[Any]:
    newest = (parked.c.first_seen.desc(), parked.c.id.desc())
    return query.where(*selection.conditions()).order_by(*newest)


def _is_one_of(letters: Sequence[UUID]) -> sa.ColumnElement[bool]:
    return parked.c.id == sa.any_(sa.cast(list(letters), sa.ARRAY(PgUUID)))


def _is_event(name: str) -> sa.ColumnElement[bool]:
    """By the event's name in any version, or by its whole type; in any case."""
    ours = _event_type.istartswith(f"{TYPE_PREFIX}.{name}.v", autoescape=True)
    return sa.or_(ours, sa.func.lower(_event_type) == name.lower())


def _free(batch: Sequence[UUID]) -> sa.CTE:
    """Those that no `work` process holds at this moment."""
    query = sa.select(parked.c.id).where(_is_one_of(batch))
    return query.with_for_update(skip_locked=True).cte("free")


def _batches(letters: Iterable[UUID]) -> Iterator[list[UUID]]:
    rest = iter(letters)
    while batch := list(islice(rest, BATCH_SIZE)):
        yield batch


def _executed(engine: sa.Engine, statement: sa.Update | sa.Delete, batch: Sequence[UUID]) -> Batch:
    with engine.begin() as connection:
        return Batch(len(batch), connection.execute(statement).rowcount)
