"""What waits is shown with its age, and a backlog that is gone as 0."""

from datetime import timedelta

import sqlalchemy as sa
from prometheus_client import REGISTRY

from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import housekeeping, parking, tables
from tenantlink_runtime.clock import new_id, utc_now
from tests.integration.runtime.test_killers import a_delivery
from tests.support.events import an_event
from tests.support.sample import Sample


def shown(sample: Sample, name: str, **labels: str) -> float | None:
    with sample.engine.begin() as connection:
        housekeeping.count(connection)
    return REGISTRY.get_sample_value(f"tenantlink_{name}", labels)


def an_hour_ago(sample: Sample, column: sa.Column[object]) -> None:
    with sample.engine.begin() as connection:
        before = sa.func.now() - timedelta(hours=1)
        connection.execute(sa.update(column.table).values({column.name: before}))


def test_the_outbox_is_shown_with_its_oldest_event(sample: Sample) -> None:
    sample.record_in_outbox(an_event(ServiceCreated))
    an_hour_ago(sample, tables.outbox.c.recorded_at)
    sample.record_in_outbox(an_event(ServiceCreated))
    assert shown(sample, "outbox_pending") == 2
    assert (shown(sample, "outbox_bytes") or 0) >= 8192
    assert 3599 < (shown(sample, "outbox_oldest_seconds") or 0) < 3800


def test_what_was_set_aside_is_shown_by_its_status(sample: Sample) -> None:
    with sample.engine.begin() as connection:
        parking.park(connection, a_delivery(), "a bug")
    an_hour_ago(sample, tables.parked.c.first_seen)
    assert shown(sample, "messages_kept_aside", status="parked") == 1
    assert shown(sample, "messages_kept_aside", status="dead") == 0
    oldest = shown(sample, "messages_kept_aside_oldest_seconds", status="parked")
    assert 3599 < (oldest or 0) < 3800


def test_jobs_that_are_due_are_shown_until_somebody_has_them(sample: Sample) -> None:
    kind = f"kind-{new_id()}"
    row = {
        "id": new_id(), "kind": kind, "subject": new_id(), "slot": "", "number": 0, "target": "",
        "data": {}, "due_at": utc_now() - timedelta(hours=1),
    }  # fmt: skip
    with sample.engine.begin() as connection:
        connection.execute(tables.jobs.insert(), [row])
    assert shown(sample, "jobs_waiting", kind=kind) == 1
    assert 3599 < (shown(sample, "jobs_oldest_seconds", kind=kind) or 0) < 3800
    with sample.engine.begin() as connection:
        later = sa.func.now() + timedelta(hours=1)
        connection.execute(tables.jobs.update().values(leased_until=later))
    assert shown(sample, "jobs_waiting", kind=kind) == 0
    assert shown(sample, "jobs_oldest_seconds", kind=kind) == 0
