"""Messages that end the process that reads them are set aside, and nobody else waits for long."""

import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import parking, tables
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.delivery import Delivery
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually


def a_delivery(**changes: object) -> Delivery:
    event = an_event(ServiceCreated, subject=new_id())
    body = event.data.model_dump_json().encode()
    values = {"queue": "sample.inbox", "content_type": wire.CONTENT_TYPE, "body": body}
    return Delivery(**{**values, "headers": wire.headers_of(event), **changes})  # type: ignore[arg-type]


def let_all_be_due(sample: Sample) -> None:
    with sample.engine.begin() as connection:
        connection.execute(tables.parked.update().values(due_at=utc_now()))


def test_a_try_is_counted_before_it_is_made_so_a_killer_is_dead_after_five(sample: Sample) -> None:
    def killed(_delivery: Delivery) -> None:
        raise KeyboardInterrupt  # the process ends in the middle

    with sample.engine.begin() as connection:
        parking.park(connection, a_delivery(), "first time")
    for attempts in range(2, parking.MAX_ATTEMPTS + 1):
        let_all_be_due(sample)
        try:
            parking.retry_due(sample.engine, killed)
        except KeyboardInterrupt:
            assert [row.attempts for row in sample.parked()] == [attempts]
    let_all_be_due(sample)
    assert parking.retry_due(sample.engine, killed) == 0
    assert [(row.status, row.attempts) for row in sample.parked()] == [("dead", 5)]


def test_a_message_that_comes_twice_is_set_aside_once(sample: Sample) -> None:
    delivery = a_delivery()
    for _ in range(2):
        with sample.engine.begin() as connection:
            parking.bury(connection, delivery, "cannot be read")
    assert len(sample.parked()) == 1


def test_what_was_given_back_three_times_is_parked_before_it_is_tried(sample: Sample) -> None:
    event = an_event(ServiceCreated, subject=new_id())
    sample.publish(event)
    for _ in range(3):
        sample.give_back_unread()
    with sample.running():
        (row,) = eventually(sample.parked)
        assert "delivered 3 times" in row.reason
        assert sample.count(event.subject) == 0
        let_all_be_due(sample)
        eventually(lambda: sample.count(event.subject) == 1)
    with sample.engine.connect() as connection:
        assert (
            connection.execute(sa.select(sa.func.count()).select_from(tables.inbox)).scalar() == 1
        )
