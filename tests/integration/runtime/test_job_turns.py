"""Which jobs run at once: a few for one target, all others beside them."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa

from tenantlink_runtime import jobs, tables
from tenantlink_runtime.clock import new_id, utc_now
from tests.support.sample import Sample


@dataclass
class Kind:
    """As much of an entrypoint as claiming needs."""

    kind: str = "mail"
    free: int = 10
    per_target: int = 2
    running: Counter[str] = field(default_factory=Counter)


def plan(sample: Sample, *targets: str) -> None:
    rows = [
        {
            "id": new_id(), "kind": "mail", "subject": new_id(), "slot": "", "number": 0,
            "target": target, "data": {}, "due_at": utc_now(),
        }
        for target in targets
    ]  # fmt: skip
    with sample.engine.begin() as connection:
        connection.execute(tables.jobs.insert(), rows)


def claimed(sample: Sample, kind: Any) -> list[str]:
    with sample.engine.begin() as connection:
        return sorted(job.target for job in jobs.claim(connection, kind))


def test_only_a_few_jobs_for_one_target_run_at_once(sample: Sample) -> None:
    plan(sample, "slow.example", "slow.example", "slow.example", "other.example", "", "", "")
    kind = Kind()
    assert claimed(sample, kind) == ["", "", "", "other.example", "slow.example", "slow.example"]
    kind.running["slow.example"] = 2
    assert claimed(sample, kind) == []
    kind.running["slow.example"] = 1
    assert claimed(sample, kind) == ["slow.example"]


def test_no_more_are_claimed_than_may_run(sample: Sample) -> None:
    plan(sample, *[f"{number}.example" for number in range(8)])
    assert len(claimed(sample, Kind(free=3))) == 3


def test_two_processes_never_claim_the_same_job(sample: Sample) -> None:
    plan(sample, *[f"{number}.example" for number in range(8)])
    with sample.engine.begin() as one, sample.engine.begin() as two:
        kind: Any = Kind(free=5)
        first = {job.id for job in jobs.claim(one, kind)}
        second = {job.id for job in jobs.claim(two, kind)}
    assert len(first) == 5
    assert not first & second
    with sample.engine.connect() as connection:
        leased = sa.select(sa.func.count()).where(tables.jobs.c.lease_token.is_not(None))
        assert connection.execute(leased).scalar_one() == len(first | second)
