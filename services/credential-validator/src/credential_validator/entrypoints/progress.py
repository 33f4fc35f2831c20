"""Tells of a proof that takes longer than a second while it runs, beside it.

In a greenthread and transactions of its own: the proof may be ended by a time-out at any moment,
and no time-out may strike amid SQL.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from uuid import UUID

import eventlet
import sqlalchemy as sa
import structlog
from eventlet.event import Event

from credential_validator.app.ports import Telling
from credential_validator.domain.checks import Checks
from credential_validator.domain.credentials import Credentials
from tenantlink_contracts.values import Check, CheckState
from tenantlink_runtime.unit_of_work import Transactions

_log = structlog.get_logger(__name__)

SECONDS = 1.0


class LiveProgress:
    """`Progress` by events. `seconds`: how long a check may take before it is told."""

    def __init__(self, transactions: Transactions[Credentials], seconds: float = SECONDS) -> None:
        self._transactions = transactions
        self._seconds = seconds

    @contextmanager
    def of(self, subject: UUID, checks: Checks, tell: Telling) -> Iterator[None]:
        """While inside: what `tell` decides is committed whenever another check has begun.

        Nothing is told after the end, so that the answer is the last word.
        """
        over = Event()
        watcher = eventlet.spawn(self._watch, over, checks, partial(self._commit, subject, tell))
        try:
            yield
        finally:
            over.send(True)
            watcher.wait()

    def _watch(self, over: Event, checks: Checks, commit: Any) -> None:
        told: tuple[Check, ...] = ()
        while not over.wait(timeout=self._seconds):
            now = checks.told(CheckState.RUNNING)
            if now == told:
                continue
            told = now
            try:
                commit(now)
            except sa.exc.DBAPIError as error:
                # A courtesy only: the answer itself waits for the database.
                _log.warning("progress_not_told", error=type(error).__name__)

    def _commit(self, subject: UUID, tell: Telling, checks: tuple[Check, ...]) -> None:
        with self._transactions.begin() as uow:
            uow.apply(subject, tell(uow.aggregate(subject), self._transactions.clock(), checks))
