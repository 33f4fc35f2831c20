"""What every `work` process does beside its work: keep the inbox small, and watch itself."""

import time
from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa
import structlog
from nameko.extensions import DependencyProvider

from tenantlink_runtime import inbox, metrics
from tenantlink_runtime.database import is_environment
from tenantlink_runtime.host import host_of
from tenantlink_runtime.tables import jobs, outbox, parked

_log = structlog.get_logger(__name__)

PARTITIONS_SECONDS = 3600.0
GAUGES_SECONDS = 15.0
LAG_SECONDS = 0.1
LAG_SHOWN_SECONDS = 60.0


class Housekeeping(DependencyProvider):
    """Three loops that end with the process; none of them may disturb the others."""

    def setup(self) -> None:
        self._host = host_of(self.container)
        self._lags = metrics.LongestLately(LAG_SHOWN_SECONDS, time.monotonic)
        metrics.HUB_LAG_SECONDS.set_function(self._lags.longest)

    def start(self) -> None:
        for seconds, work in (
            (PARTITIONS_SECONDS, self._keep_partitions),
            (GAUGES_SECONDS, count),
        ):
            self.container.spawn_managed_thread(lambda s=seconds, w=work: self._repeat(s, w))
        self.container.spawn_managed_thread(self._watch_hub)

    def _repeat(self, seconds: float, work: Callable[[sa.Connection], None]) -> None:
        """At once, and then again and again; without a database the next time is soon."""
        pause = 0.0
        while not self._host.stop.wait(pause):
            pause = seconds
            try:
                with self._host.transactions.engine.begin() as connection:
                    work(connection)
                metrics.DATABASE_REACHABLE.set(1)
            except sa.exc.DBAPIError as error:
                pause = min(seconds, GAUGES_SECONDS)
                if is_environment(error):
                    metrics.DATABASE_REACHABLE.set(0)
                else:
                    _log.error("housekeeping_failed", part=work.__name__, exc_info=error)

    def _keep_partitions(self, connection: sa.Connection) -> None:
        done = inbox.keep_partitions(connection, self._host.transactions.clock())
        if done:
            _log.info("inbox_partitions", done=done)

    def _watch_hub(self) -> None:
        began = time.monotonic()
        while not self._host.stop.wait(LAG_SECONDS):
            now = time.monotonic()
            self._host.liveness.lag = max(0.0, now - began - LAG_SECONDS)
            self._lags.tell(self._host.liveness.lag)
            began = now


def count(connection: sa.Connection) -> None:
    """Show how much waits, and for how long."""
    age = _age_of(outbox.c.recorded_at)
    pending, oldest = connection.execute(sa.select(sa.func.count(), age).select_from(outbox)).one()
    metrics.OUTBOX_PENDING.set(pending)
    metrics.OUTBOX_OLDEST_SECONDS.set(oldest)
    size = sa.select(sa.func.pg_total_relation_size("outbox"))
    metrics.OUTBOX_BYTES.set(connection.execute(size).scalar_one())
    aside = sa.select(parked.c.status, sa.func.count(), _age_of(parked.c.first_seen))
    _show(
        connection.execute(aside.group_by(parked.c.status)),
        metrics.MESSAGES_KEPT_ASIDE,
        metrics.MESSAGES_KEPT_ASIDE_OLDEST_SECONDS,
        always=("parked", "dead"),
    )
    free = sa.or_(jobs.c.leased_until.is_(None), jobs.c.leased_until < sa.func.now())
    due = sa.select(jobs.c.kind, sa.func.count(), _age_of(jobs.c.due_at))
    _show(
        connection.execute(due.where(jobs.c.due_at <= sa.func.now(), free).group_by(jobs.c.kind)),
        metrics.JOBS_WAITING,
        metrics.JOBS_OLDEST_SECONDS,
    )


def _age_of(moment: sa.ColumnElement[Any]) -> sa.ColumnElement[float]:
    """Seconds since the earliest such moment; 0 where there is none."""
    age = sa.func.extract("epoch", sa.func.now() - sa.func.min(moment))
    return sa.cast(sa.func.coalesce(sa.func.greatest(age, 0), 0), sa.Float)


def _show(rows: Iterable[Any], amount: Any, oldest: Any, always: Iterable[str] = ()) -> None:
    """A label shown once stays, as 0: a series that ends looks like one that is missing."""
    found = {name: (number, age) for name, number, age in rows}
    shown = {
        sample.labels[amount._labelnames[0]] for sample in next(iter(amount.collect())).samples
    }
    for name in {*found, *shown, *always}:
        number, age = found.get(name, (0, 0.0))
        amount.labels(name).set(number)
        oldest.labels(name).set(age)
