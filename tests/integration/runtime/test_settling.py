"""Results of jobs are written together, and each fares as if it were alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import eventlet
import pytest
import sqlalchemy as sa

from tenantlink_contracts.onboarding import OnboardingCancelled
from tenantlink_runtime import jobs, tables
from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.settling import Finished, Settler
from tenantlink_runtime.unit_of_work import Transactions
from tests.support.sample import Sample
from tests.support.sample_service import NAME, Tally

pytestmark = pytest.mark.usefixtures("servers")

MANY = 50


class Kind:
    """As much of an entrypoint as claiming asks for."""

    kind, per_target, free, running = "count", 100, 100, dict[str, int]()


def transactions_of(sample: Sample) -> Transactions[Tally]:
    tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)
    return Transactions(sample.engine, NAME, tallies, wake=lambda _who: None)


def claimed(sample: Sample, subjects: list[UUID]) -> list[Job]:
    """A leased job for each subject."""
    with transactions_of(sample).begin() as uow:
        uow.load(*subjects)
        for subject in subjects:
            uow.schedule(subject, NewJob("count", utc_now()))
    kind: Any = Kind()
    with sample.engine.begin() as connection:
        return jobs.claim(connection, kind)


def counted(tally: Tally, _now: datetime) -> Decision[Tally]:
    told = OnboardingCancelled(reference="x", reason="counted")
    return Decision(replace(tally, count=tally.count + 1), events=(told,))


def bug(_tally: Tally, _now: datetime) -> Decision[Tally]:
    raise RuntimeError("a bug in a decision")


@contextmanager
def statements(engine: sa.Engine) -> Iterator[list[str]]:
    """What is sent to the database meanwhile."""
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    sa.event.listen(engine, "before_cursor_execute", note)
    yield seen
    sa.event.remove(engine, "before_cursor_execute", note)


def left(sample: Sample) -> list[Any]:
    with sample.engine.connect() as connection:
        return list(connection.execute(sa.select(tables.jobs)))


def settle_together(settler: Settler, finished: list[Finished]) -> list[BaseException | None]:
    """All of them come while somebody else writes; what each is told."""
    settler._waiting = list(finished)
    settler._write_all()
    told: list[BaseException | None] = []
    for each in finished:
        try:
            each.written.wait()
            told.append(None)
        except Exception as error:
            told.append(error)
    return told


def test_fifty_results_cost_as_many_statements_as_one(sample: Sample) -> None:
    one, many = [new_id()], [new_id() for _ in range(MANY)]
    settler, seen = Settler(transactions_of(sample)), []
    for subjects in (one, many):
        finished = [Finished(job, Settlement(counted), "done") for job in claimed(sample, subjects)]
        with statements(sample.engine) as sent:
            assert settle_together(settler, finished) == [None] * len(subjects)
        seen.append(len(sent))
    assert seen[0] == seen[1] <= 4
    assert all(sample.count(subject) == 1 for subject in (*one, *many))
    assert sample.outbox_size() == MANY + 1
    assert left(sample) == []


def test_only_the_culprit_suffers(sample: Sample) -> None:
    subjects = [new_id() for _ in range(5)]
    found = claimed(sample, subjects)
    finished = [
        Finished(job, Settlement(bug if number == 2 else counted), "done")
        for number, job in enumerate(found)
    ]
    told = settle_together(Settler(transactions_of(sample)), finished)
    assert [type(each) for each in told if each is not None] == [RuntimeError]
    assert sum(sample.count(subject) for subject in subjects) == 4
    assert [row.id for row in left(sample)] == [found[2].id]


def test_a_result_that_comes_too_late_is_dropped_among_others(sample: Sample) -> None:
    subjects = [new_id(), new_id()]
    found = claimed(sample, subjects)
    late = replace(found[0], lease_token=new_id())
    finished = [Finished(job, Settlement(counted), "done") for job in (late, found[1])]
    assert settle_together(Settler(transactions_of(sample)), finished) == [None, None]
    assert [sample.count(job.subject) for job in found] == [0, 1]


def test_two_results_about_one_subject_both_count(sample: Sample) -> None:
    subject = new_id()
    with transactions_of(sample).begin() as uow:
        uow.load(subject)
        for slot in ("a", "b"):
            uow.schedule(subject, NewJob("count", utc_now(), slot=slot))
    kind: Any = Kind()
    with sample.engine.begin() as connection:
        found = jobs.claim(connection, kind)
    finished = [Finished(job, Settlement(counted), "done") for job in found]
    settle_together(Settler(transactions_of(sample)), finished)
    assert sample.count(subject) == 2


def test_who_comes_while_another_writes_is_taken_along(sample: Sample) -> None:
    found = claimed(sample, [new_id() for _ in range(10)])
    settler = Settler(transactions_of(sample))
    pool = eventlet.GreenPool()
    for job in found:
        pool.spawn(settler.settle, job, Settlement(counted, utc_now()), "again")
    pool.waitall()
    assert [row.attempts for row in left(sample)] == [1] * 10
    assert sample.total() == 10
