"""A job's result counts only while its lease is ours: a superseded or late one is dropped."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tenantlink_runtime import jobs, tables
from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.decision import NewJob
from tenantlink_runtime.job import Job
from tenantlink_runtime.unit_of_work import Transactions
from tests.integration.runtime.test_job_turns import Kind
from tests.support.sample import Sample
from tests.support.sample_service import NAME, Tally

SUBJECT = new_id()


def plan(sample: Sample, number: int, slot: str = "") -> None:
    tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)
    job = NewJob("mail", utc_now(), number, slot, {"round": number})
    with Transactions(sample.engine, NAME, tallies, wake=lambda _who: None).begin() as uow:
        uow.schedule(SUBJECT, job)


def claim(sample: Sample) -> list[Job]:
    kind: Any = Kind()
    with sample.engine.begin() as connection:
        return jobs.claim(connection, kind)


def release(sample: Sample, job: Job, again: bool = False) -> bool:
    with sample.engine.begin() as connection:
        return jobs.release(connection, job, utc_now() if again else None)


def let_leases_lapse(sample: Sample) -> None:
    past = sa.func.now() - timedelta(seconds=1)
    with sample.engine.begin() as connection:
        connection.execute(tables.jobs.update().values(leased_until=past))


def test_a_newer_round_supersedes_an_older_job_that_waits(sample: Sample) -> None:
    plan(sample, 1)
    plan(sample, 2)
    assert [job.data for job in claim(sample)] == [{"round": 2}]


def test_a_newer_round_supersedes_an_older_job_that_runs(sample: Sample) -> None:
    plan(sample, 1)
    (older,) = claim(sample)
    plan(sample, 2)
    assert not release(sample, older), "its result must be dropped"
    (newer,) = claim(sample)
    assert (newer.number, newer.attempts) == (2, 0)
    assert release(sample, newer)
    assert claim(sample) == []


def test_an_older_round_never_displaces_a_newer_one(sample: Sample) -> None:
    plan(sample, 2)
    plan(sample, 1)
    assert [job.number for job in claim(sample)] == [2]


def test_slots_of_one_kind_and_subject_do_not_supersede_each_other(sample: Sample) -> None:
    plan(sample, 1, slot="one submission")
    plan(sample, 2, slot="another submission")
    assert sorted(job.number for job in claim(sample)) == [1, 2]


def test_a_lease_that_lapsed_is_somebody_elses_and_counts_as_a_try(sample: Sample) -> None:
    plan(sample, 1)
    (first,) = claim(sample)
    assert claim(sample) == [], "leased"
    let_leases_lapse(sample)
    (second,) = claim(sample)
    assert (first.attempts, second.attempts) == (0, 1)
    assert not release(sample, first)
    assert release(sample, second, again=True)
    (third,) = claim(sample)
    assert third.attempts == 2


def test_an_attempt_ends_before_half_of_its_lease_is_over() -> None:
    assert timedelta(seconds=jobs.ATTEMPT_SECONDS) < jobs.LEASE / 2
