"""What every `work` process does beside its work: keep the inbox small, and watch itself."""

import time
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog
from nameko.extensions import DependencyProvider

from tenantlink_runtime import inbox, metrics
from tenantlink_runtime.database import is_environment
from tenantlink_runtime.host import Chore, host_of
from tenantlink_runtime.tables import jobs, outbox, parked

_log = structlog.get_logger(__name__)

PARTITIONS_SECONDS = 3600.0
GAUGES_SECONDS = 15.0
LAG_SECONDS = 0.5


class Housekeeping(DependencyProvider):
    """Loops that end with the process; none of them may disturb the others."""

    def setup(self) -> None:
        self._host = host_of(self.container)

    def start(self) -> None:
        for seconds, work in (
            (PARTITIONS_SECONDS, self._keep_partitions),
            (GAUGES_SECONDS, self._count),
        ):
            self.container.spawn_managed_thread(lambda s=seconds, w=work: self._repeat(s, w))
        for chore in self._host.chores:
            self.container.spawn_managed_thread(lambda c=chore: self._repeat(c.seconds, _alone(c)))
        self.container.spawn_managed_thread(self._watch_hub)

    def _repeat(self, seconds: float, work: Callable[[sa.Connection], None]) -> None:
        """At once, and then again and again; without a database the next time is soon."""
        pause = 0.0
        while not self._host.stop.wait(pause):
            pause = seconds
            try:
                with self._host.transactions.engine.begin() as connection:
                    work(connection)
            except sa.exc.DBAPIError as error:
                pause = min(seconds, GAUGES_SECONDS)
                if not is_environment(error):
                    _log.error("housekeeping_failed", part=work.__name__, exc_info=error)

    def _keep_partitions(self, connection: sa.Connection) -> None:
        done = inbox.keep_partitions(connection, self._host.transactions.clock())
        if done:
            _log.info("inbox_partitions", done=done)

    def _count(self, connection: sa.Connection) -> None:
        pool: Any = connection.engine.pool
        metrics.POOL_IN_USE.set(pool.checkedout())
        age = sa.func.coalesce(
            sa.func.extract("epoch", sa.func.now() - sa.func.min(outbox.c.recorded_at)), 0
        )
        pending, oldest = connection.execute(
            sa.select(sa.func.count(), age).select_from(outbox)
        ).one()
        metrics.OUTBOX_PENDING.set(pending)
        metrics.OUTBOX_OLDEST_SECONDS.set(float(oldest))
        _set(connection, metrics.MESSAGES_KEPT_ASIDE, parked.c.status, sa.true())
        waiting = sa.and_(jobs.c.due_at <= sa.func.now(), jobs.c.leased_until.is_(None))
        _set(connection, metrics.JOBS_WAITING, jobs.c.kind, waiting)

    def _watch_hub(self) -> None:
        began = time.monotonic()
        while not self._host.stop.wait(LAG_SECONDS):
            now = time.monotonic()
            self._host.liveness.lag = max(0.0, now - began - LAG_SECONDS)
            metrics.HUB_LAG_SECONDS.set(self._host.liveness.lag)
            began = now


def _alone(chore: Chore) -> Callable[[sa.Connection], None]:
    """The chore, unless another replica does it just now."""

    def work(connection: sa.Connection) -> None:
        ours = sa.select(sa.func.pg_try_advisory_xact_lock(sa.func.hashtext(chore.name)))
        if connection.execute(ours).scalar_one():
            chore.work(connection)

    work.__name__ = chore.name
    return work


def _set(
    connection: sa.Connection,
    gauge: Any,
    label: sa.Column[Any],
    condition: sa.ColumnElement[bool],
) -> None:
    rows = connection.execute(sa.select(label, sa.func.count()).where(condition).group_by(label))
    gauge.clear()
    for name, count in rows:
        gauge.labels(name).set(count)
