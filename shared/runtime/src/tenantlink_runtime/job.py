"""What the verbs know of jobs: the claimed job, and what an attempt led to. Free of nameko."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic
from uuid import UUID

from tenantlink_runtime.decision import A, Decision

MAX_DELAY_SECONDS = 3600.0


@dataclass(frozen=True, slots=True)
class Job:
    """A claimed job. `attempts` counts the tries before this one."""

    id: UUID
    kind: str
    subject: UUID
    number: int
    slot: str
    data: dict[str, Any]
    attempts: int
    lease_token: UUID
    target: str = ""
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Settlement(Generic[A]):
    """What an attempt led to: a decision about the subject's aggregate as it is *then*, and,
    where the job is not over, when to try again (with `data` changed or not)."""

    decide: Callable[[A, datetime], Decision[A]]
    again_at: datetime | None = None


def unchanged(aggregate: A, _now: datetime) -> Decision[A]:
    """Nothing to decide."""
    return Decision(aggregate)


def growing_delay(attempts: int, first: float = 2.0) -> timedelta:
    """2 s, 4 s, 8 s ... at most an hour, with jitter so that failures do not come in step."""
    seconds = min(MAX_DELAY_SECONDS, first * 2 ** min(attempts, 20))
    return timedelta(seconds=seconds * random.uniform(0.8, 1.2))
