"""The inbox on a real database: days are made ahead, filled from the others, and dropped."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

import sqlalchemy as sa

from tenantlink_runtime import inbox
from tenantlink_runtime.clock import new_id, utc_now
from tests.support.sample import Sample


def keep(sample: Sample, now: datetime) -> list[str]:
    with sample.engine.begin() as connection:
        return inbox.keep_partitions(connection, now)


def remember(sample: Sample, event_id: UUID) -> None:
    with sample.engine.begin() as connection:
        connection.execute(sa.text("INSERT INTO inbox VALUES (:id, 'x')"), {"id": event_id})


def partition_of(sample: Sample, event_id: UUID) -> str | None:
    query = sa.text("SELECT tableoid::regclass::text FROM inbox WHERE event_id = :id")
    with sample.engine.connect() as connection:
        found: str | None = connection.execute(query, {"id": event_id}).scalar()
    return found


def test_a_day_is_made_ahead_and_takes_over_what_stands_among_the_others(sample: Sample) -> None:
    event_id, now = new_id(), utc_now()
    remember(sample, event_id)
    assert partition_of(sample, event_id) == "inbox_other"
    assert len(keep(sample, now)) == inbox.AHEAD_DAYS
    assert partition_of(sample, event_id) == f"inbox_{now:%Y%m%d}"
    assert keep(sample, now) == []


def test_a_day_past_keeping_is_dropped_with_what_it_remembers(sample: Sample) -> None:
    now = utc_now()
    keep(sample, now)
    known, timeless = new_id(), uuid4()
    remember(sample, known)
    remember(sample, timeless)
    later = now + inbox.KEPT + timedelta(days=1)
    assert f"dropped inbox_{now:%Y%m%d}" in keep(sample, later)
    assert partition_of(sample, known) is None
    assert partition_of(sample, timeless) is None


def test_only_one_process_at_a_time_changes_partitions(sample: Sample) -> None:
    with sample.engine.begin() as first:
        assert inbox.keep_partitions(first, utc_now())
        assert keep(sample, utc_now()) == []
