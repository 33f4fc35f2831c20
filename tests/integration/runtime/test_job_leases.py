"""A job's result counts only while its lease is ours: a superseded or late one is dropped."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tenantlink_runtime import jobs, settling, tables
from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.decision import NewJob
from tenantlink_runtime.job import Job, Settlement, unchanged
from tenantlink_runtime.settling import Finished
from tenantlink_runtime.unit_of_work import Transactions
from tests.integration.runtime.test_job_turns import Kind
from tests.support.sample import Sample
from tests.support.sample_service import NAME, Tally

SUBJECT = new_id()

NEVER_ENDING = """
from tenantlink_runtime import work
work.prepare()
import sys
from types import SimpleNamespace
import eventlet
from nameko.containers import ServiceContainer
from pydantic import SecretStr
from tenantlink_runtime import jobs, metrics
from tenantlink_runtime.host import CONFIG_KEY
from tests.support import sample_service

jobs.ATTEMPT_SECONDS = 0.5
settings = SimpleNamespace(
    database_url=SecretStr(sys.argv[1]), amqp_url=SecretStr("amqp://127.0.0.1:1/x")
)
service, host = sample_service.build(settings)

class Stuck(service):
    name = "sample"
    @jobs.job("mail")
    def send(self, job):
        try:
            print("started", flush=True)
            eventlet.sleep(600)
        finally:
            print("ended", flush=True)

container = ServiceContainer(Stuck, {CONFIG_KEY: host, "max_workers": 10})
container.start()
with eventlet.Timeout(60):
    while not metrics.JOBS_FINISHED.labels("mail", "failed")._value.get():
        eventlet.sleep(0.05)
print("failed")
"""


def plan(sample: Sample, number: int, slot: str = "") -> None:
    tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)
    job = NewJob("mail", utc_now(), number, slot, {"round": number})
    with Transactions(sample.engine, NAME, tallies, wake=lambda _who: None).begin() as uow:
        uow.schedule(SUBJECT, job)


def claim(sample: Sample) -> list[Job]:
    kind: Any = Kind()
    with sample.engine.begin() as connection:
        return jobs.claim(connection, kind)


def rows(sample: Sample) -> list[Any]:
    with sample.engine.connect() as connection:
        return list(connection.execute(sa.select(tables.jobs)))


def release(sample: Sample, job: Job, again: bool = False) -> bool:
    """Write a result that changes nothing; whether it was taken."""
    finished = Finished(job, Settlement(unchanged, utc_now() if again else None), "done")
    with sample.engine.begin() as connection:
        return bool(settling.released(connection, [finished]))


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


def test_an_attempt_that_does_not_end_is_ended_and_tried_again(sample: Sample) -> None:
    plan(sample, 1)
    told = subprocess.run(
        [sys.executable, "-c", NEVER_ENDING, sample.database_url],
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        timeout=100,
    )
    said = [line for line in told.stdout.splitlines() if line in {"started", "ended", "failed"}]
    assert said == ["started", "ended", "failed"], told.stderr
    (row,) = rows(sample)
    assert (row.attempts, row.lease_token) == (1, None)
    assert row.due_at > utc_now() - timedelta(seconds=60)


def test_an_attempt_ends_before_half_of_its_lease_is_over() -> None:
    assert timedelta(seconds=jobs.ATTEMPT_SECONDS) < jobs.LEASE / 2
