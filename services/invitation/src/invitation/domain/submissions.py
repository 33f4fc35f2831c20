"""What was submitted in the wizard, how far its check has come, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from tenantlink_contracts.values import Check, Problem, Verdict

FREE_ATTEMPTS = 20
ATTEMPTS_WINDOW = timedelta(hours=1)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody has entered, without the secret.

    `browser` is the session that did; `form` is the very form that was sent, so that a double click
    is no second submission.
    """

    id: UUID
    round: int
    browser: str
    tenant: str
    client_id: UUID
    at: datetime
    form: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the check of a revision has come; `step` counts what was told of it."""

    revision: int
    step: int
    submission_id: UUID
    checks: tuple[Check, ...] = ()
    waiting_for: Problem | None = None
    next_try: datetime | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What credential-validator said of a revision: a verdict or a problem."""

    revision: int
    round: int
    submission_id: UUID
    verdict: Verdict | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A revision that works. Kept beside the outcomes, which are forgotten in time."""

    revision: int
    round: int
    submission_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Attempt:
    """A submission that was handed on to be proven."""

    submission_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Forwarding:
    """Somebody with a link of a round has asked the operator for something."""

    round: int
    why: Literal["other_person", "new_link"]
    at: datetime


def allowed_again_at(attempts: Sequence[Attempt]) -> datetime | None:
    """When the next attempt may be made; None where nothing was tried lately.

    `attempts` are those of the last hour. The first 20 are free; from then on each has to wait
    twice as long as the one before, from a minute up to an hour.
    """
    over = len(attempts) - FREE_ATTEMPTS
    if over < 0:
        return None
    wait = min(FIRST_WAIT * (1 << min(over, 10)), LONGEST_WAIT)
    return max(each.at for each in attempts) + wait
