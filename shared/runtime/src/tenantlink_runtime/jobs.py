"""One table and one loop for everything that happens later or outside a transaction.

A job is claimed with a lease, its I/O runs outside any transaction, and its result, next try and
events are written in one transaction that holds only while the lease is still ours. A slow mail
server or a throttling Entra never blocks events.
"""

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any, TypeVar

import eventlet
import sqlalchemy as sa
import structlog
from eventlet.greenpool import GreenPool
from nameko.extensions import DependencyProvider, Entrypoint, SharedExtension
from sqlalchemy.dialects.postgresql import ARRAY

from tenantlink_runtime import crash, metrics, tracing
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.database import is_passing
from tenantlink_runtime.host import host_of
from tenantlink_runtime.job import Job, Settlement, growing_delay, unchanged
from tenantlink_runtime.settling import Settler
from tenantlink_runtime.signals import Stop, wait_for
from tenantlink_runtime.tables import jobs

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
ATTEMPT_SECONDS = 45.0
POLL_SECONDS = 1.0
AT_ONCE = 16
PER_TARGET = 4
FINISH_SECONDS = 7.0
SETTLE_SECONDS = 60.0


class JobRunner(SharedExtension):
    """Claims due jobs and runs each in a nameko worker of its method."""

    def __init__(self) -> None:
        self._entrypoints: list[JobEntrypoint] = []
        self._stop = Stop()
        self._pool = GreenPool(size=1000)  # the kinds have limits of their own
        self._loop: eventlet.greenthread.GreenThread | None = None
        super().__init__()

    def register(self, entrypoint: "JobEntrypoint") -> None:
        """Called by each `@job` while the container is set up."""
        self._entrypoints.append(entrypoint)

    def setup(self) -> None:
        self._host = host_of(self.container)
        self._settler = Settler(self._host.transactions)

    def start(self) -> None:
        if self._entrypoints:
            self._loop = self.container.spawn_managed_thread(self._run)

    def finish(self) -> None:
        """Claim no more; jobs in flight get a few seconds, then their lease lapses."""
        if self._stop.requested:
            return
        self._stop.set()
        self._host.jobs_signal.set()
        if not wait_for(eventlet.spawn(self._pool.waitall), FINISH_SECONDS):
            _log.warning("jobs_abandoned", running=self._pool.running())

    def _run(self) -> None:
        while not self._stop.requested:
            try:
                claimed = sum(self._claim(each) for each in self._entrypoints)
            except sa.exc.DBAPIError as error:
                if not is_passing(error):
                    raise
                _log.warning("database_away", part="jobs", error=type(error).__name__)
                claimed = 0
            if not claimed:
                self._host.jobs_signal.wait(POLL_SECONDS)

    def _claim(self, entrypoint: "JobEntrypoint") -> int:
        """Start what is due and may run now; how many that were."""
        if entrypoint.free <= 0:
            return 0
        with self._host.transactions.engine.begin() as connection:
            claimed = claim(connection, entrypoint)
        for job in claimed:
            entrypoint.count(job, 1)
            self._pool.spawn_n(self._run_one, entrypoint, job)
        return len(claimed)

    def _run_one(self, entrypoint: "JobEntrypoint", job: Job) -> None:
        try:
            with (
                tracing.span(f"run {job.kind}", "INTERNAL", job.traceparent) as own,
                tracing.about(job.subject),
            ):
                with metrics.JOB_SECONDS.labels(job.kind).time():
                    result, error = self._attempt(entrypoint, replace(job, traceparent=own))
                crash.point("job_done")
                self._settle(replace(job, traceparent=own), result, error)
        except sa.exc.DBAPIError as failure:
            _log.warning("job_not_settled", kind=job.kind, error=type(failure).__name__)
        except Exception as failure:
            _log.error("job_not_settled", kind=job.kind, exc_info=failure)
        finally:
            entrypoint.count(job, -1)
            self._host.jobs_signal.set()

    def _attempt(self, entrypoint: "JobEntrypoint", job: Job) -> tuple[Any, Exception | None]:
        """Run it in a worker, for at most 45 s; then the worker is ended, because its place is
        given to others, who bother the same target."""
        done = eventlet.event.Event()

        def handle_result(_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info[1] if exc_info else None))
            return result, exc_info

        worker = self.container.spawn_worker(entrypoint, (job,), {}, handle_result=handle_result)
        answer: tuple[Any, Exception | None] | None = done.wait(timeout=ATTEMPT_SECONDS)
        if answer is None and worker in self.container._worker_threads:
            self.container._worker_threads[worker].kill()
        return answer or (None, TimeoutError(f"no end within {ATTEMPT_SECONDS} s"))

    def _settle(self, job: Job, result: Settlement[Any] | None, error: Exception | None) -> None:
        """While the database is away it is tried again, as long as the lease surely holds: the
        outside effect would be repeated otherwise."""
        if result is None:
            _log.error("job_failed", kind=job.kind, subject=str(job.subject), error=repr(error))
            now = self._host.transactions.clock()
            result = Settlement(unchanged, now + growing_delay(job.attempts))
        outcome = "failed" if error else "again" if result.again_at else "done"
        until = time.monotonic() + SETTLE_SECONDS
        while True:
            try:
                return self._settler.settle(job, result, outcome)
            except sa.exc.DBAPIError as away:
                if not is_passing(away) or time.monotonic() > until:
                    raise
                if self._stop.wait(POLL_SECONDS):
                    raise


class JobEntrypoint(Entrypoint):
    """Binds one kind of job to one method; at most `at_once` run in a process, and of those at
    most `per_target` for one target."""

    runner = JobRunner()

    def __init__(self, kind: str, at_once: int, per_target: int, **kwargs: Any) -> None:
        self.kind = kind
        self.at_once = at_once
        self.per_target = per_target
        self.running: Counter[str] = Counter()
        super().__init__(**kwargs)

    def setup(self) -> None:
        self.runner.register(self)

    def stop(self) -> None:
        self.runner.finish()

    def count(self, job: Job, difference: int) -> None:
        """One more runs, or one less."""
        self.running[job.target] += difference
        if not self.running[job.target]:
            del self.running[job.target]
        metrics.JOBS_RUNNING.labels(self.kind).set(self.running.total())

    @property
    def free(self) -> int:
        """How many more may run now."""
        return self.at_once - self.running.total()


class JobContext(DependencyProvider):
    """A worker has a context of its own: what a job asks of the world belongs to the job's trace,
    and its log lines say whom they are about."""

    def worker_setup(self, worker_ctx: Any) -> None:
        for each in worker_ctx.args:
            if isinstance(each, Job):
                tracing.enter(each.traceparent, each.subject)


Method = TypeVar("Method", bound=Callable[..., Any])


def job(
    kind: str, at_once: int = AT_ONCE, per_target: int = PER_TARGET
) -> Callable[[Method], Method]:
    """Run jobs of a kind: `(self, job) -> Settlement`. I/O is welcome, transactions are not."""
    decorator: Callable[[Method], Method] = JobEntrypoint.decorator(kind, at_once, per_target)
    return decorator


def claim(connection: sa.Connection, entrypoint: JobEntrypoint) -> list[Job]:
    """Lease due jobs of a kind; replicas skip each other's rows. A lease that has lapsed was a try
    that nobody has lived to write down, so it counts as one."""
    busy = [(target, count) for target, count in entrypoint.running.items() if count and target]
    rows = connection.execute(
        _CLAIM,
        {
            "of_kind": entrypoint.kind,
            "at_most": entrypoint.free,
            "per_target": entrypoint.per_target,
            "busy": [target for target, _ in busy],
            "times": [count for _, count in busy],
            "token": new_id(),
        },
    )
    return [
        Job(
            row.id, row.kind, row.subject, row.number, row.slot, row.data, row.attempts,
            row.lease_token, row.target, row.traceparent,
        )
        for row in rows
    ]  # fmt: skip


def _is_due() -> sa.ColumnElement[bool]:
    free = sa.or_(jobs.c.leased_until.is_(None), jobs.c.leased_until < sa.func.now())
    return sa.and_(jobs.c.kind == sa.bindparam("of_kind"), jobs.c.due_at <= sa.func.now(), free)


def _in_turn() -> sa.Select[Any]:
    """What is due first, without more for one target than may run beside what runs already."""
    counts = sa.func.unnest(
        sa.cast(sa.bindparam("busy"), ARRAY(sa.Text)),
        sa.cast(sa.bindparam("times"), ARRAY(sa.Integer)),
    )
    running = counts.table_valued("target", "times").render_derived(name="running")
    place = sa.func.row_number().over(partition_by=jobs.c.target, order_by=jobs.c.due_at)
    taken = sa.func.coalesce(running.c.times, 0)
    due = (
        sa.select(jobs.c.id, jobs.c.due_at, jobs.c.target, (place + taken).label("place"))
        .select_from(jobs.outerjoin(running, running.c.target == jobs.c.target))
        .where(_is_due())
        .subquery()
    )
    allowed = sa.or_(due.c.target == "", due.c.place <= sa.bindparam("per_target"))
    return sa.select(due.c.id).where(allowed).order_by(due.c.due_at).limit(sa.bindparam("at_most"))


def _claim_statement() -> sa.Executable:
    ours = sa.select(jobs.c.id).where(jobs.c.id.in_(_in_turn()), _is_due())
    ours = ours.with_for_update(skip_locked=True)
    lapsed = sa.case((jobs.c.leased_until.is_(None), 0), else_=1)
    leased = {
        "lease_token": sa.bindparam("token"),
        "leased_until": sa.func.now() + LEASE,
        "attempts": jobs.c.attempts + lapsed,
    }
    return jobs.update().where(jobs.c.id.in_(ours)).values(leased).returning(jobs)


_CLAIM = _claim_statement()
