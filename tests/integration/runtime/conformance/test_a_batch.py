"""One batch is one transaction, and every delivery in it fares as if it were alone."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import parking, tables
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import EventFlow
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.sample_service import Tally

Statements = Callable[[], list[str]]


def an_order(**data: Any) -> Event[ServiceCreated]:
    return an_event(ServiceCreated, subject=new_id(), **data)


def delivered(event: Event[Any], **more: Any) -> Delivery:
    body = event.data.model_dump_json().encode()
    return Delivery("sample.inbox", wire.CONTENT_TYPE, wire.headers_of(event), body, **more)


def rows_in(sample: Sample, table: sa.Table) -> int:
    with sample.engine.connect() as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def test_poison_in_the_middle_of_fifty_hurts_nobody_else(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    events = [an_order() for _ in range(50)]
    events[25] = an_order(short_name="boom")
    flow.run([delivered(event) for event in events])
    assert [sample.count(event.subject) for event in events] == [1] * 25 + [0] + [1] * 24
    (row,) = sample.parked()
    assert (row.status, row.attempts) == ("parked", 1)
    assert row.headers["ce-id"] == str(events[25].id)
    assert rows_in(sample, tables.outbox) == rows_in(sample, tables.inbox) == 49


def test_two_deliveries_of_one_event_in_a_batch_have_one_effect(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    first, second = an_order(), an_order()
    flow.run([delivered(each) for each in (first, second, first, first, second)])
    assert [sample.count(first.subject), sample.count(second.subject)] == [1, 1]
    assert rows_in(sample, tables.outbox) == 2


def test_two_events_about_one_subject_in_a_batch_both_count(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    first = an_order()
    second = an_event(ServiceCreated, subject=first.subject)
    flow.run([delivered(first), delivered(second)])
    assert sample.count(first.subject) == 2


def test_what_was_handled_before_has_no_second_effect(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    old, new = an_order(), an_order()
    flow.run([delivered(old)])
    flow.run([delivered(old), delivered(new)])
    assert [sample.count(old.subject), sample.count(new.subject)] == [1, 1]


def test_an_event_is_tried_five_times_with_pauses_and_then_waits_for_a_person(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    flow.run([delivered(an_order(short_name="boom"))])
    seen = []
    for _ in range(6):
        (row,) = sample.parked()
        pause = row.due_at - row.first_seen if row.due_at else None
        seen.append((row.status, row.attempts, bool(pause and pause > parking.RETRY_AFTER / 2)))
        assert parking.retry_due(sample.engine, lambda d: flow.run([d])) == 0, "not due yet"
        sample.let_parked_be_due()
        parking.retry_due(sample.engine, lambda d: flow.run([d]))
    assert seen[:4] == [("parked", attempt, True) for attempt in (1, 2, 3, 4)]
    assert seen[4:] == [("dead", 5, False)] * 2


def test_a_refused_event_is_dead_and_may_be_replayed_one_day(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    refused, good = an_order(short_name="never"), an_order()
    flow.run([delivered(refused), delivered(good), delivered(refused)])
    (row,) = sample.parked()
    assert (row.status, row.reason) == ("dead", "it can never be handled")
    assert sample.count(good.subject) == 1
    assert rows_in(sample, tables.inbox) == 1, "what had no effect is not remembered as handled"


def test_what_was_delivered_three_times_is_parked_before_it_is_tried(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    killer, returned_twice = an_order(), an_order()
    flow.run([delivered(returned_twice, redelivered=True, returns=2)])
    flow.run([delivered(killer, redelivered=True, returns=3)])
    assert [sample.count(killer.subject), sample.count(returned_twice.subject)] == [0, 1]
    assert [row.headers["ce-id"] for row in sample.parked()] == [str(killer.id)]


def test_a_statement_that_takes_too_long_stops_nobody_else(
    sample: Sample, flow: EventFlow[Tally]
) -> None:
    slow, good = an_order(), an_order()

    def decide(tally: Tally, event: Event[ServiceCreated], now: Any) -> Any:
        if event.subject == slow.subject:
            with sample.engine.begin() as connection:
                connection.execute(sa.text("SET LOCAL statement_timeout = 50"))
                connection.execute(sa.text("SELECT pg_sleep(5)"))
        return counted(tally, event, now)

    counted: Any = flow.handlers[ServiceCreated]
    slow_flow = EventFlow(flow.transactions, {ServiceCreated: decide})
    slow_flow.run([delivered(slow), delivered(good)])
    assert [sample.count(slow.subject), sample.count(good.subject)] == [0, 1]
    (row,) = sample.parked()
    assert "statement timeout" in row.reason


def test_fifty_events_cost_five_statements_and_fifty_messages(
    sample: Sample, flow: EventFlow[Tally], statements: Statements
) -> None:
    events = [an_order() for _ in range(50)]
    statements()
    flow.run([delivered(event) for event in events])
    assert [statement.split()[:3] for statement in statements()] == [
        ["INSERT", "INTO", "inbox"],
        ["SELECT", "tallies.id,", "CAST(tallies.state"],
        ["INSERT", "INTO", "tallies"],
        ["UPDATE", "tallies", "SET"],
        ["INSERT", "INTO", "outbox"],
    ]
    assert rows_in(sample, tables.outbox) == 50
    again = [an_event(ServiceCreated, subject=event.subject) for event in events]
    statements()
    flow.run([delivered(event) for event in again])
    assert len(statements()) == 4, "subjects that are known already need not be made"


def test_fifty_duplicates_cost_one_statement(
    sample: Sample, flow: EventFlow[Tally], statements: Statements
) -> None:
    deliveries = [delivered(an_order()) for _ in range(50)]
    flow.run(deliveries)
    statements()
    flow.run(deliveries)
    assert [statement.split()[:3] for statement in statements()] == [["INSERT", "INTO", "inbox"]]
