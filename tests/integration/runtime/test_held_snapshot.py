"""What a forgotten transaction does to the outbox: it grows while somebody looks at the past, the
relay goes on, and the space is used again afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import relay
from tenantlink_runtime.clock import new_id
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually

ROUNDS = 20
BATCH = relay.BATCH_LIMIT


class AlwaysConfirming:
    """As much of a publisher as the relay's statements need."""

    def held(self) -> list[int]:
        return []

    def publish(self, rows: Any) -> set[int]:
        return {row.position for row in rows}


@contextmanager
def an_old_snapshot(sample: Sample) -> Iterator[None]:
    """A report that runs for hours, a dump, a session that somebody left open."""
    with sample.engine.connect().execution_options(isolation_level="REPEATABLE READ") as forgotten:
        forgotten.execute(sa.text("SELECT count(*) FROM outbox"))
        yield


def work(sample: Sample, rounds: int) -> None:
    events: list[Event[ServiceCreated]] = [
        an_event(ServiceCreated, subject=new_id()) for _ in range(BATCH)
    ]
    publisher: Any = AlwaysConfirming()
    for _ in range(rounds):
        sample.record_in_outbox(*events)
        assert relay.send_batch(sample.engine, publisher) == BATCH
    assert sample.outbox_size() == 0


def pages(sample: Sample) -> int:
    with sample.engine.connect() as connection:
        size = sa.text("SELECT pg_relation_size('outbox') / 8192")
        return int(connection.execute(size).scalar_one())


def vacuum(sample: Sample) -> None:
    """What autovacuum does by itself, within a minute."""
    with sample.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sa.text("VACUUM outbox"))


def test_the_outbox_is_as_large_after_many_rounds_as_after_one(sample: Sample) -> None:
    work(sample, 1)
    after_one = pages(sample)
    for _ in range(ROUNDS):
        vacuum(sample)
        work(sample, 1)
    assert pages(sample) <= 5 * after_one


def test_a_held_snapshot_lets_it_grow_and_the_space_comes_back_when_it_ends(
    sample: Sample,
) -> None:
    with an_old_snapshot(sample):
        for _ in range(ROUNDS):
            work(sample, 1)
            vacuum(sample)
        grown = pages(sample)

    def given_back() -> bool:
        vacuum(sample)
        return pages(sample) < grown / 2

    eventually(given_back, 60, "empty pages at the end being given back")
    work(sample, ROUNDS)
    assert pages(sample) <= grown, "what is left is used again"
