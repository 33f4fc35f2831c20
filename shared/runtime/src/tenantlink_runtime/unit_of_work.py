"""One transaction of a service: aggregates, outbox and jobs are written together or not at all."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from enum import Flag
from typing import Any, Generic, Protocol
from uuid import UUID

import sqlalchemy as sa

from tenantlink_contracts import names, wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime import tracing
from tenantlink_runtime.aggregates import A, Aggregates
from tenantlink_runtime.bulk import columns_of, insert_rows
from tenantlink_runtime.clock import Clock, new_id, utc_now
from tenantlink_runtime.decision import Answer, Decision, NewJob
from tenantlink_runtime.tables import jobs, outbox
from tenantlink_runtime.topology import ANSWERS_EXCHANGE

WAKE_CHANNEL = "tenantlink_wake"
_OUTBOX = ("exchange", "routing_key", "headers", "body")
_JOBS = ("id", "kind", "subject", "slot", "number", "target", "data", "due_at", "traceparent")


class Wake(Flag):
    """Who is woken by a commit; its number is the payload of NOTIFY."""

    NOBODY = 0
    RELAY = 1
    JOBS = 2


class Projection(Protocol):
    """Writes a read side in the same transaction, for instance a timeline."""

    def __call__(
        self,
        connection: sa.Connection,
        handled: Sequence[Event[Fact]],
        recorded: Sequence[Event[Fact]],
    ) -> None: ...


Consequences = Callable[[A, Decision[A], datetime], Decision[A]]


def no_consequences(_before: A, decision: Decision[A], _now: datetime) -> Decision[A]:
    """A decision is all there is."""
    return decision


class UnitOfWork(Generic[A]):
    """Collects what a transaction decides, and writes it with one statement per table."""

    def __init__(
        self,
        connection: sa.Connection,
        service: str,
        aggregates: Aggregates[A],
        projections: Sequence[Projection],
        clock: Clock,
        consequences: Consequences[A] = no_consequences,
    ) -> None:
        self.connection = connection
        self._source = names.source(service)
        self._exchange = names.exchange(service)
        self._aggregates = aggregates
        self._projections = projections
        self._clock = clock
        self._consequences = consequences
        self._current: dict[UUID, A] = {}
        self._changed: set[UUID] = set()
        self._handled: list[Event[Fact]] = []
        self._recorded: list[Event[Fact]] = []
        self._answers: list[tuple[str, Event[Fact]]] = []
        self._jobs: dict[tuple[str, UUID, str], dict[str, Any]] = {}

    def load(self, *subjects: UUID) -> None:
        """Lock and load the aggregates of these subjects, at once."""
        missing = [subject for subject in subjects if subject not in self._current]
        if missing:
            self._current |= self._aggregates.load(self.connection, missing)

    def aggregate(self, subject: UUID) -> A:
        """The subject's aggregate as this transaction sees it; loaded where it was not."""
        self.load(subject)
        return self._current[subject]

    def apply(self, subject: UUID, decision: Decision[A], cause: Event[Fact] | None = None) -> None:
        """Take over a decision about a subject, and what follows from it; `cause` is the event
        that led to it."""
        before = self._current.get(subject, decision.aggregate)
        decision = self._consequences(before, decision, self._clock())
        if decision.aggregate != self._current.get(subject):
            self._current[subject] = decision.aggregate
            self._changed.add(subject)
        if cause is not None:
            self._handled.append(cause)
        for fact in decision.events:
            self.record(subject, fact, cause)
        for job in decision.jobs:
            self.schedule(subject, job, cause)
        for answer in decision.answers:
            self._answers.append((answer.system, self._event(subject, answer.fact, cause)))

    def answer(self, subject: UUID, answer: Answer) -> None:
        """Tell an upstream system something that no decision about an aggregate is behind."""
        self._answers.append((answer.system, self._event(subject, answer.fact, None)))

    def record(self, subject: UUID, fact: Fact, cause: Event[Fact] | None = None) -> None:
        """Publishing is inserting: the relay sends it after the commit, at least once."""
        self._recorded.append(self._event(subject, fact, cause))

    def _event(self, subject: UUID, fact: Fact, cause: Event[Fact] | None) -> Event[Fact]:
        return Event(
            id=new_id(),
            source=self._source,
            subject=subject,
            time=self._clock(),
            data=fact,
            causation_id=cause.id if cause else None,
            traceparent=cause.traceparent if cause else tracing.current(),
        )

    def schedule(self, subject: UUID, job: NewJob, cause: Event[Fact] | None = None) -> None:
        """Plan a job; within a transaction the highest number of a slot stays."""
        key = (job.kind, subject, job.slot)
        earlier = self._jobs.get(key)
        if earlier is None or job.number >= earlier["number"]:
            traceparent = cause.traceparent if cause else tracing.current()
            self._jobs[key] = {**_job_row(subject, job), "traceparent": traceparent}

    def flush(self) -> None:
        """Write everything; the caller commits."""
        changed = [self._current[subject] for subject in sorted(self._changed)]
        self._aggregates.save(self.connection, changed)
        for projection in self._projections:
            projection(self.connection, self._handled, self._told())
        if rows := self._outbox_rows():
            self.connection.execute(_RECORD, columns_of(rows, *_OUTBOX))
        if self._jobs:
            jobs_ = sorted(self._jobs.values(), key=lambda row: (row["subject"], row["kind"]))
            self.connection.execute(_SCHEDULE, columns_of(jobs_, *_JOBS))

    def _told(self) -> list[Event[Fact]]:
        """Every fact of the transaction once, though it is both published and an answer."""
        published = {id(event.data) for event in self._recorded}
        answers = {id(e.data): e for _, e in self._answers if id(e.data) not in published}
        return [*self._recorded, *answers.values()]

    def _outbox_rows(self) -> list[dict[str, Any]]:
        """To every reader of a fact by its name; to one upstream system by the system's name."""
        facts = [_outbox_row(self._exchange, e.data.event_name(), e) for e in self._recorded]
        answers = [_outbox_row(ANSWERS_EXCHANGE, system, e) for system, e in self._answers]
        return facts + answers

    @property
    def wakes(self) -> Wake:
        """Who has something to do right after the commit. Later jobs are found when they are due:
        a look at the job table for every event would cost as much as the event."""
        relay = Wake.RELAY if self._recorded or self._answers else Wake.NOBODY
        now = self._clock()
        is_due = any(row["due_at"] <= now for row in self._jobs.values())
        return relay | (Wake.JOBS if is_due else Wake.NOBODY)


@dataclass(frozen=True)
class Transactions(Generic[A]):
    """Opens units of work. `wake` tells relay and job loop of the same process after a commit;
    a process without them (`web`) leaves it out and wakes the `work` processes by NOTIFY.

    `consequences` adds what follows from every decision, whoever took it, in one place: it gets
    the aggregate as it was, and the decision.
    """

    engine: sa.Engine
    service: str
    aggregates: Aggregates[A]
    projections: Sequence[Projection] = ()
    clock: Clock = utc_now
    wake: Callable[[Wake], None] | None = None
    consequences: Consequences[A] = no_consequences

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork[A]]:
        """A transaction: commits on leaving, rolls back on an exception."""
        with self.engine.begin() as connection:
            uow = UnitOfWork(
                connection,
                self.service,
                self.aggregates,
                self.projections,
                self.clock,
                self.consequences,
            )
            yield uow
            uow.flush()
            wakes = uow.wakes
            if wakes and self.wake is None:
                connection.execute(sa.text(f"NOTIFY {WAKE_CHANNEL}, '{wakes.value}'"))
        if wakes and self.wake is not None:
            self.wake(wakes)


def _outbox_row(exchange: str, routing_key: str, event: Event[Fact]) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "routing_key": routing_key,
        "headers": json.dumps(wire.headers_of(event)),
        "body": event.data.model_dump_json().encode(),
    }


def _job_row(subject: UUID, job: NewJob) -> dict[str, Any]:
    return {
        "id": new_id(),
        "kind": job.kind,
        "subject": subject,
        "slot": job.slot,
        "number": job.number,
        "target": job.target,
        "data": json.dumps(job.data),
        "due_at": job.due_at,
    }


def _superseding() -> sa.Executable:
    """Insert jobs; one that is there already gives way to the same or a higher number."""
    statement = insert_rows(jobs, *_JOBS)
    new = statement.excluded
    return statement.on_conflict_do_update(
        constraint="jobs_one_per_slot",
        set_={
            "id": new.id,
            "number": new.number,
            "target": new.target,
            "data": new.data,
            "due_at": new.due_at,
            "traceparent": new.traceparent,
            "attempts": 0,
            "lease_token": None,
            "leased_until": None,
        },
        where=new.number >= jobs.c.number,
    )


_RECORD = insert_rows(outbox, *_OUTBOX)
_SCHEDULE = _superseding()
