"""A circuit breaker per host of Microsoft's: what is away for everybody is not asked by everybody.

It opens after several failures in a row, of at least two registrations: what fails for one alone
is that one's trouble and must not keep the others waiting. After a pause one question goes out as
a probe, and its answer closes it or begins a longer pause. Throttling (429) is no failure: it is
told to one registration, and shows that somebody is there.
"""

import random
import time
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

import structlog

from credential_validator.adapters import metrics
from credential_validator.app.ports import Accepted, Entra, Graph, Reading, Refused, Registration
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks

_log = structlog.get_logger(__name__)

FAILURES = 5
REGISTRATIONS = 2
SECONDS = 30.0
LONGEST_SECONDS = 300.0
# A probe whose end nobody has told of is forgotten after this.
PROBE_SECONDS = 60.0

T = TypeVar("T")


class Breaker:
    """Of one host, in one process. `clock` counts seconds."""

    def __init__(self, host: str, clock: Callable[[], float] = time.monotonic) -> None:
        self._host = host
        self._clock = clock
        self._failures = 0
        self._failed: set[UUID] = set()
        self._pause = SECONDS
        self._closed_until: float | None = None  # asked again from then on
        self._probe_since: float | None = None
        metrics.BREAKER_OPEN.labels(host).set(0)

    def ask(self, client_id: UUID, question: Callable[[], T | Refused]) -> T | Refused:
        """The answer to the question; while the breaker is open it is not asked."""
        seconds = self._to_wait()
        if seconds is not None:
            spread = seconds * random.uniform(1.0, 1.2)
            return Refused(problems.MICROSOFT_UNREACHABLE.problem(), spread)
        try:
            answer = question()
        except BaseException:  # also a time-out that ends the whole attempt from outside
            self._failed_for(client_id)
            raise
        if isinstance(answer, Refused) and answer.is_outage:
            self._failed_for(client_id)
        else:
            self._close()
        return answer

    def _to_wait(self) -> float | None:
        """Seconds until it is worth asking; None lets the question through."""
        now = self._clock()
        if self._closed_until is None:
            return None
        if now < self._closed_until:
            return self._closed_until - now
        if self._probe_since is not None and now - self._probe_since < PROBE_SECONDS:
            return self._pause / 2
        self._probe_since = now
        return None

    def _failed_for(self, client_id: UUID) -> None:
        self._failures += 1
        self._failed.add(client_id)
        is_probe, self._probe_since = self._probe_since is not None, None
        if is_probe:
            self._pause = min(self._pause * 2, LONGEST_SECONDS)
        many = self._failures >= FAILURES and len(self._failed) >= REGISTRATIONS
        if is_probe or (many and self._closed_until is None):
            self._closed_until = self._clock() + self._pause
            metrics.BREAKER_OPEN.labels(self._host).set(1)
            _log.warning("breaker_open", host=self._host, seconds=self._pause)

    def _close(self) -> None:
        if self._closed_until is not None:
            _log.info("breaker_closed", host=self._host)
            metrics.BREAKER_OPEN.labels(self._host).set(0)
        self._failures, self._pause = 0, SECONDS
        self._failed.clear()
        self._closed_until = self._probe_since = None


class GuardedEntra:
    """`Entra` behind a breaker."""

    def __init__(self, entra: Entra, breaker: Breaker) -> None:
        self._entra = entra
        self._breaker = breaker

    def authenticate(self, registration: Registration) -> Accepted | Refused:
        """As Entra says, or that it is not to be reached."""
        return self._breaker.ask(
            registration.client_id, lambda: self._entra.authenticate(registration)
        )


class GuardedGraph:
    """`Graph` behind a breaker."""

    def __init__(self, graph: Graph, breaker: Breaker) -> None:
        self._graph = graph
        self._breaker = breaker

    def read(self, token: str, client_id: UUID, checks: Checks) -> Reading | Refused:
        """As Graph says, or that it is not to be reached."""
        return self._breaker.ask(client_id, lambda: self._graph.read(token, client_id, checks))
