"""One table and one loop for everything that happens later or outside a transaction.

A job is claimed with a lease, its I/O runs outside any transaction, and its result, next try and
events are written in one transaction that holds only while the lease is still ours. A slow mail
server or a throttling Entra never blocks events.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

import eventlet
import sqlalchemy as sa
import structlog
from eventlet.greenpool import GreenPool
from nameko.extensions import Entrypoint, SharedExtension

from tenantlink_runtime import metrics
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.database import is_environment
from tenantlink_runtime.host import host_of
from tenantlink_runtime.job import Job, Settlement, growing_delay, unchanged
from tenantlink_runtime.signals import Stop, wait_for
from tenantlink_runtime.tables import jobs

_log = structlog.get_logger(__name__)

LEASE = timedelta(seconds=120)
POLL_SECONDS = 1.0
CONCURRENCY = 16
FINISH_SECONDS = 6.0


class JobRunner(SharedExtension):
    """Claims due jobs and runs each in a nameko worker of its method."""

    def __init__(self) -> None:
        self._entrypoints: dict[str, Entrypoint] = {}
        self._stop = Stop()
        self._pool = GreenPool(CONCURRENCY)
        self._loop: eventlet.greenthread.GreenThread | None = None
        super().__init__()

    def register(self, kind: str, entrypoint: Entrypoint) -> None:
        """Called by each `@job` while the container is set up."""
        self._entrypoints[kind] = entrypoint

    def setup(self) -> None:
        self._host = host_of(self.container)

    def start(self) -> None:
        if self._entrypoints:
            self._loop = self.container.spawn_managed_thread(self._run)

    def finish(self) -> None:
        """Claim no more; jobs in flight get a few seconds, then their lease lapses."""
        if self._stop.requested:
            return
        self._stop.set()
        self._host.jobs_signal.set()
        wait_for(self._loop, 1.0)
        if not wait_for(eventlet.spawn(self._pool.waitall), FINISH_SECONDS):
            _log.warning("jobs_abandoned", running=self._pool.running())

    def _run(self) -> None:
        while not self._stop.requested:
            claimed: list[Job] = []
            try:
                claimed = self._claim()
            except sa.exc.DBAPIError as error:
                if not is_environment(error):
                    raise
                _log.warning("database_away", part="jobs", error=type(error).__name__)
            for job in claimed:
                self._pool.spawn_n(self._run_one, job)
            if not claimed:
                self._host.jobs_signal.wait(POLL_SECONDS)

    def _claim(self) -> list[Job]:
        free = self._pool.free()
        if free <= 0:
            return []
        with self._host.transactions.engine.begin() as connection:
            return claim(connection, list(self._entrypoints), free)

    def _run_one(self, job: Job) -> None:
        entrypoint = self._entrypoints[job.kind]
        done = eventlet.event.Event()

        def handle_result(_ctx: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
            done.send((result, exc_info[1] if exc_info else None))
            return result, exc_info

        self.container.spawn_worker(entrypoint, (job,), {}, handle_result=handle_result)
        result, error = done.wait()
        try:
            self._settle(job, result, error)
        except sa.exc.DBAPIError as failure:
            _log.warning("job_not_settled", kind=job.kind, error=type(failure).__name__)

    def _settle(self, job: Job, result: Settlement[Any] | None, error: Exception | None) -> None:
        now = self._host.transactions.clock()
        if result is None:
            _log.error("job_failed", kind=job.kind, subject=str(job.subject), error=repr(error))
            result = Settlement(unchanged, now + growing_delay(job.attempts))
        with self._host.transactions.begin() as uow:
            if not release(uow.connection, job, result.again_at):
                metrics.JOBS_FINISHED.labels(job.kind, "superseded").inc()
                return
            uow.apply(job.subject, result.decide(uow.aggregate(job.subject), now))
        outcome = "again" if result.again_at else "done"
        metrics.JOBS_FINISHED.labels(job.kind, "failed" if error else outcome).inc()


class JobEntrypoint(Entrypoint):
    """Binds one kind of job to one method."""

    runner = JobRunner()

    def __init__(self, kind: str, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def setup(self) -> None:
        self.runner.register(self.kind, self)

    def stop(self) -> None:
        self.runner.finish()


Method = TypeVar("Method", bound=Callable[..., Any])


def job(kind: str) -> Callable[[Method], Method]:
    """Run jobs of a kind: `(self, job) -> Settlement`. I/O is welcome, transactions are not."""
    decorator: Callable[[Method], Method] = JobEntrypoint.decorator(kind)
    return decorator


def claim(connection: sa.Connection, kinds: Sequence[str], limit: int) -> list[Job]:
    """Lease due jobs; replicas skip each other's rows."""
    due = (
        sa.select(jobs.c.id)
        .where(
            jobs.c.kind.in_(kinds),
            jobs.c.due_at <= sa.func.now(),
            sa.or_(jobs.c.leased_until.is_(None), jobs.c.leased_until < sa.func.now()),
        )
        .order_by(jobs.c.due_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    rows = connection.execute(
        jobs.update()
        .where(jobs.c.id.in_(due.scalar_subquery()))
        .values(lease_token=new_id(), leased_until=sa.func.now() + LEASE)
        .returning(jobs)
    )
    return [
        Job(
            row.id, row.kind, row.subject, row.number, row.slot, row.data, row.attempts,
            row.lease_token,
        )
        for row in rows
    ]  # fmt: skip


def release(connection: sa.Connection, job: Job, again_at: datetime | None) -> bool:
    """End or postpone a job; False where it is no longer ours and its result must be dropped."""
    mine = sa.and_(jobs.c.id == job.id, jobs.c.lease_token == job.lease_token)
    if again_at is None:
        return bool(connection.execute(jobs.delete().where(mine)).rowcount)
    postponed = (
        jobs.update()
        .where(mine)
        .values(due_at=again_at, attempts=job.attempts + 1, lease_token=None, leased_until=None)
    )
    return bool(connection.execute(postponed).rowcount)
