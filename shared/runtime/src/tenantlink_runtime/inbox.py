"""What this service has handled already, so that a repetition has no second effect.

The key is (source, id). Ids of events are UUIDv7, which begin with their time, so the table is
partitioned by days of the id: a day that is over is dropped, not deleted row by row. Ids without
time stand in a partition of their own.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa

from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime.bulk import columns_of, insert_rows, unique
from tenantlink_runtime.tables import INBOX_OTHER, inbox

Key = tuple[str, UUID]

KEPT = timedelta(days=35)
AHEAD_DAYS = 7
_LOCK = 0x7E4A_1B0C

_NEW_IDS = insert_rows(inbox, "source", "event_id").on_conflict_do_nothing()
_ACCEPT = _NEW_IDS.returning(inbox.c.source, inbox.c.event_id)


def key_of(event: Event[Fact]) -> Key:
    """What identifies an event for ever."""
    return event.source, event.id


def accept(connection: sa.Connection, events: Iterable[Event[Fact]]) -> set[Key]:
    """The events not seen before. Sorted, so that replicas never deadlock on the same ids."""
    return accept_keys(connection, (key_of(event) for event in events))


def accept_keys(connection: sa.Connection, keys: Iterable[Key]) -> set[Key]:
    """The keys not seen before."""
    keys = unique(keys)
    given = [{"source": source, "event_id": event_id} for source, event_id in keys]
    rows = connection.execute(_ACCEPT, columns_of(given, "source", "event_id"))
    return {(row.source, row.event_id) for row in rows}


def forget(connection: sa.Connection, keys: Iterable[Key]) -> None:
    """Take back what had no effect: a refused event may be replayed one day."""
    for source, event_id in keys:
        connection.execute(
            inbox.delete().where(inbox.c.source == source, inbox.c.event_id == event_id)
        )


def is_forgotten(event_id: UUID, now: datetime) -> bool:
    """Whether an event is older than the inbox remembers, so that nobody knows if it was handled.

    The time is the one in the id (UUIDv7); an id of another kind has none.
    """
    return event_id.version == 7 and event_id < first_id(now - KEPT)


def first_id(at: datetime) -> UUID:
    """The lowest UUIDv7 of a moment: 48 bits of milliseconds since 1970, then zeros (RFC 9562)."""
    return UUID(int=int(at.timestamp() * 1000) << 80)


def keep_partitions(connection: sa.Connection, now: datetime) -> list[str]:
    """Make the partitions of the coming days and drop those past keeping; what was done.

    One process of a service at a time; another one that comes meanwhile leaves it to the first.
    """
    lock = sa.select(sa.func.pg_try_advisory_xact_lock(_LOCK))
    if not connection.execute(lock).scalar_one():
        return []
    there = _partitions(connection)
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    wanted = {_name(day): day for day in (today + timedelta(days=n) for n in range(AHEAD_DAYS))}
    for name in wanted.keys() - there:
        _make(connection, name, wanted[name])
    oldest = _name(today - KEPT)
    past = {name for name in there if name != INBOX_OTHER and name < oldest}
    for name in past:
        connection.execute(sa.text(f"DROP TABLE {name}"))
    connection.execute(
        sa.text(f"DELETE FROM {INBOX_OTHER} WHERE received_at < :oldest"),  # noqa: S608
        {"oldest": now - KEPT},
    )
    return sorted(
        [*(f"made {name}" for name in wanted.keys() - there), *map("dropped {}".format, past)]
    )


def _name(day: datetime) -> str:
    return f"inbox_{day:%Y%m%d}"


def _partitions(connection: sa.Connection) -> set[str]:
    rows = connection.execute(
        sa.text(
            "SELECT c.relname FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid "
            "WHERE i.inhparent = 'inbox'::regclass"
        )
    )
    return {row.relname for row in rows}


def _make(connection: sa.Connection, name: str, day: datetime) -> None:
    """Beside the table first, because rows of that day may stand among the others already."""
    first, end = first_id(day), first_id(day + timedelta(days=1))
    for statement in (
        f"CREATE TABLE {name} (LIKE inbox INCLUDING ALL)",
        f"WITH moved AS (DELETE FROM {INBOX_OTHER} WHERE event_id >= '{first}' "  # noqa: S608
        f"AND event_id < '{end}' RETURNING *) INSERT INTO {name} SELECT * FROM moved",
        f"ALTER TABLE inbox ATTACH PARTITION {name} FOR VALUES FROM ('{first}') TO ('{end}')",
    ):
        connection.execute(sa.text(statement))
