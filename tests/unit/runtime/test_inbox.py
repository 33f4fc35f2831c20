"""The ids of events begin with their time, and the inbox is cut by it."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

from tenantlink_runtime import inbox
from tenantlink_runtime.clock import new_id, utc_now


def test_ids_of_a_day_lie_between_the_first_ids_of_that_day_and_the_next() -> None:
    now = utc_now()
    assert inbox.first_id(now - timedelta(seconds=1)) < new_id()
    assert new_id() < inbox.first_id(now + timedelta(minutes=1))


def test_an_event_is_forgotten_after_35_days_and_one_without_time_never() -> None:
    made = datetime(2026, 3, 2, tzinfo=UTC)
    event_id = UUID(int=inbox.first_id(made).int | 0x7 << 76 | 0x8 << 60)
    assert not inbox.is_forgotten(event_id, made + timedelta(days=34))
    assert inbox.is_forgotten(event_id, made + timedelta(days=36))
    assert not inbox.is_forgotten(uuid4(), made + timedelta(days=999))
