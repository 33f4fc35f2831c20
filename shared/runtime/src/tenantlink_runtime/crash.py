"""Named places at which a test may end the process as `kill -9` would: nothing may be lost.

They are set by TENANTLINK_CRASH_AT in the environment (`place` or `place:N` for the N-th time).
Every process refuses to start with it unless its setting ENVIRONMENT is `test`, which it never is
by itself.
"""

import os
import signal
from collections import Counter

PLACES = {
    "decided": "in the middle of a batch: decided, nothing committed",
    "committed": "after the commit of a batch, before its ack",
    "confirmed": "after the broker's confirm, before the outbox rows are deleted",
    "job_done": "after a job's effect outside, before its result is written",
}
VARIABLE = "TENANTLINK_CRASH_AT"
_passed: Counter[str] = Counter()


class CrashNotAllowed(ValueError):
    """A place to crash at is set where nobody may set one, or there is no such place."""


def assert_allowed(environment: str) -> None:
    """Settings call this, so that no process starts in production with a place to crash at."""
    wanted = os.environ.get(VARIABLE)
    if wanted is None:
        return
    if environment != "test":
        raise CrashNotAllowed(f"{VARIABLE} is set, which is for tests only; this is {environment}")
    place, _, number = wanted.partition(":")
    if place not in PLACES or not (number or "1").isdigit():
        raise CrashNotAllowed(f"{VARIABLE} has to be PLACE or PLACE:N, of {', '.join(PLACES)}")


def point(place: str) -> None:
    """Ends the process here, if it was asked for."""
    wanted, _, number = os.environ.get(VARIABLE, "").partition(":")
    if wanted != place:
        return
    _passed[place] += 1
    if _passed[place] == int(number or 1):
        os.kill(os.getpid(), signal.SIGKILL)
