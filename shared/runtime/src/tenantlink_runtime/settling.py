"""Writes down what jobs have led to: together, what came while the last ones were written.

Whoever comes first writes; who comes meanwhile is taken along in the next transaction. So a hundred
mails that are accepted in one moment cost a few transactions, and a single one waits for nobody.
Where a transaction fails, its results are written one by one, so that only the culprit suffers.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
import structlog
from eventlet.event import Event

from tenantlink_runtime import metrics, tracing
from tenantlink_runtime.bulk import columns_of, new_rows
from tenantlink_runtime.database import is_passing
from tenantlink_runtime.job import Job, Settlement
from tenantlink_runtime.tables import jobs
from tenantlink_runtime.unit_of_work import Transactions, UnitOfWork

_log = structlog.get_logger(__name__)

MOST_TOGETHER = 50
_MINE = ("id", "lease_token")
_POSTPONED = (*_MINE, "due_at")


@dataclass(frozen=True)
class Finished:
    """An attempt's result, and a promise to tell when it is written."""

    job: Job
    result: Settlement[Any]
    outcome: str
    written: Event = field(default_factory=Event)


@dataclass
class Settler:
    """Writes results of one process' jobs."""

    transactions: Transactions[Any]
    _waiting: list[Finished] = field(default_factory=list)
    _writing: bool = False

    def settle(self, job: Job, result: Settlement[Any], outcome: str) -> None:
        """Returns when the result is committed, or known to be too late; raises what the database
        raises, and then nothing of it is written."""
        mine = Finished(job, result, outcome)
        self._waiting.append(mine)
        if not self._writing:
            self._writing = True
            try:
                self._write_all()
            finally:
                self._writing = False
        mine.written.wait()

    def _write_all(self) -> None:
        while self._waiting:
            batch = self._waiting[:MOST_TOGETHER]
            del self._waiting[:MOST_TOGETHER]
            try:
                self._together(batch)
            except Exception as error:
                if len(batch) == 1 or is_passing(error):
                    _tell(batch, error)
                else:
                    _log.warning("results_written_one_by_one", error=type(error).__name__)
                    self._one_by_one(batch)
            else:
                _tell(batch, None)

    def _one_by_one(self, batch: Sequence[Finished]) -> None:
        for each in batch:
            try:
                self._together([each])
            except Exception as error:
                _tell([each], error)
            else:
                _tell([each], None)

    def _together(self, batch: Sequence[Finished]) -> None:
        """Subjects are locked before jobs, as events do it, so the two never wait in a circle."""
        with self.transactions.begin() as uow:
            uow.load(*{each.job.subject for each in batch})
            ours = released(uow.connection, batch)
            for each in batch:
                if each.job.id in ours:
                    self._apply(uow, each)
        for each in batch:
            outcome = each.outcome if each.job.id in ours else "superseded"
            metrics.JOBS_FINISHED.labels(each.job.kind, outcome).inc()

    def _apply(self, uow: UnitOfWork[Any], each: Finished) -> None:
        job = each.job
        with tracing.resumed(job.traceparent):
            aggregate = uow.aggregate(job.subject)
            uow.apply(job.subject, each.result.decide(aggregate, self.transactions.clock()))


def _tell(batch: Sequence[Finished], error: Exception | None) -> None:
    for each in batch:
        if error is None:
            each.written.send(None)
        else:
            each.written.send_exception(error)


def released(connection: sa.Connection, batch: Sequence[Finished]) -> set[Any]:
    """The ids of those that are still ours; they are ended or postponed."""
    over = [_row(each) for each in batch if each.result.again_at is None]
    again = [_row(each) for each in batch if each.result.again_at is not None]
    found: set[Any] = set()
    if over:
        found |= set(connection.execute(_END, columns_of(over, *_MINE)).scalars())
    if again:
        found |= set(connection.execute(_POSTPONE, columns_of(again, *_POSTPONED)).scalars())
    return found


def _row(each: Finished) -> dict[str, Any]:
    job = each.job
    return {"id": job.id, "lease_token": job.lease_token, "due_at": each.result.again_at}


def _end() -> sa.Executable:
    given = new_rows(jobs, _MINE)
    mine = sa.and_(jobs.c.id == given.c.id, jobs.c.lease_token == given.c.lease_token)
    return jobs.delete().where(mine).returning(jobs.c.id)


def _postpone() -> sa.Executable:
    given = new_rows(jobs, _POSTPONED)
    mine = sa.and_(jobs.c.id == given.c.id, jobs.c.lease_token == given.c.lease_token)
    values = {
        "due_at": given.c.due_at,
        "attempts": jobs.c.attempts + 1,
        "lease_token": None,
        "leased_until": None,
    }
    return jobs.update().where(mine).values(values).returning(jobs.c.id)


_END = _end()
_POSTPONE = _postpone()
