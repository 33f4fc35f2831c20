"""A proof that takes long is told of while it runs, each check once, and never after its end."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import eventlet
import sqlalchemy as sa

from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credentials
from credential_validator.entrypoints.progress import LiveProgress
from tenantlink_contracts.values import Check
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW, SUBJECT


class Committed:
    """`Transactions` of one aggregate, without a database; may be out of order."""

    def __init__(self, broken: bool = False) -> None:
        self.broken = broken
        self.subjects: list[UUID] = []

    def clock(self) -> datetime:
        return NOW

    @contextmanager
    def begin(self) -> Iterator[Any]:
        if self.broken:
            raise sa.exc.OperationalError("begin", {}, Exception("away"))
        yield SimpleNamespace(aggregate=Credentials, apply=self._apply)

    def _apply(self, subject: UUID, decision: Decision[Credentials]) -> None:
        self.subjects.append(subject)


class Told:
    """Notes which checks were told."""

    def __init__(self) -> None:
        self.running: list[str] = []

    def __call__(
        self, row: Credentials, now: datetime, checks: tuple[Check, ...]
    ) -> Decision[Credentials]:
        self.running += [each.name for each in checks if each.state == "running"]
        return Decision(row)

    def until(self, number: int) -> None:
        """Wait until so many were told."""
        with eventlet.Timeout(20):
            while len(self.running) < number:
                eventlet.sleep(0.001)


def test_each_check_that_takes_longer_is_told_once_and_committed() -> None:
    transactions, told, checks = Committed(), Told(), Checks()
    progress = LiveProgress(transactions, seconds=0.002)  # type: ignore[arg-type]
    with progress.of(SUBJECT, checks, told):
        told.until(1)
        checks.begin("tenant")
        told.until(2)
        eventlet.sleep(0.02)
    assert told.running == ["sign_in", "tenant"]
    assert transactions.subjects == [SUBJECT, SUBJECT]


def test_what_is_over_sooner_is_told_only_by_its_answer() -> None:
    told = Told()
    with LiveProgress(Committed(), seconds=60).of(SUBJECT, Checks(), told):  # type: ignore[arg-type]
        eventlet.sleep(0)
    eventlet.sleep(0.01)
    assert told.running == []


def test_a_database_that_is_away_does_not_disturb_the_proof() -> None:
    told = Told()
    progress = LiveProgress(Committed(broken=True), seconds=0.001)  # type: ignore[arg-type]
    with progress.of(SUBJECT, Checks(), told):
        eventlet.sleep(0.02)
    assert told.running == []
