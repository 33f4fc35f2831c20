"""Decides whether an answer of Microsoft's is waited out, and until when.

What passes (busy, away) is tried again for half a day; what may only be new for half a minute.
Both are counted in time, not in tries: a try that was not made because nobody asks a Microsoft
that is away uses nothing up.
"""

import random
from dataclasses import dataclass
from datetime import datetime, timedelta

from credential_validator.app.ports import Refused
from credential_validator.domain.aadsts import may_be_new
from credential_validator.domain.fresh import may_be_fresh
from credential_validator.domain.problems import not_known_yet
from tenantlink_contracts.values import Problem

PATIENCE_WITH_MICROSOFT = timedelta(hours=12)
# People report 4 to 18 s until a new secret works; tries are made after 3, 6, 12 and 24 s.
NEWS_TAKES = timedelta(seconds=20)
_FIRST_OF_NEWS = timedelta(seconds=3)
_FIRST = timedelta(seconds=2)
_LONGEST = timedelta(minutes=10)
_LONGEST_ASKED_FOR = 3600.0


@dataclass(frozen=True, slots=True)
class Wait:
    """What is waited for, and when it is tried again."""

    problem: Problem
    until: datetime


def wait_for(
    answer: Refused, since: datetime, now: datetime, fresh_secret: str | None = None
) -> Wait | None:
    """None where it is to be told now. `fresh_secret`: one that was entered just now."""
    waited = now - since
    if answer.problem.passing:
        if waited >= PATIENCE_WITH_MICROSOFT:
            return None
        return Wait(answer.problem, next_try(answer, waited, now))
    is_fresh = fresh_secret is not None and may_be_fresh(fresh_secret)
    if is_fresh and waited < NEWS_TAKES and may_be_new(answer.problem):
        return Wait(not_known_yet(answer.problem), now + max(waited, _FIRST_OF_NEWS))
    return None


def next_try(answer: Refused, waited: timedelta, now: datetime) -> datetime:
    """As long as was waited already, so that tries become rarer, with jitter; at most 10 minutes.
    Microsoft's own word counts where it is longer, up to an hour."""
    grown = min(max(waited, _FIRST), _LONGEST) * random.uniform(0.8, 1.2)
    asked = timedelta(seconds=min(answer.retry_after or 0.0, _LONGEST_ASKED_FOR))
    return now + max(grown, asked)
