"""Named places at which a test may end the process as `kill -9` would: nothing may be lost.

They are set by TENANTLINK_CRASH_AT in the environment (`place` or `place:N` for the N-th time), and
only together with TENANTLINK_CRASH_ALLOWED=yes; without that a process refuses to start.
"""

import os
import signal
from collections import Counter

PLACES = ("decided", "committed", "confirmed", "job_done")
_ALLOWED = "TENANTLINK_CRASH_ALLOWED"
_WANTED = "TENANTLINK_CRASH_AT"
_passed: Counter[str] = Counter()


class CrashNotAllowed(Exception):
    """A place to crash at is set where nobody has allowed it."""


def assert_allowed() -> None:
    """Called when a `work` process starts: production never sets the permission."""
    wanted = os.environ.get(_WANTED)
    if wanted is None:
        return
    if os.environ.get(_ALLOWED) != "yes":
        raise CrashNotAllowed(f"{_WANTED} is set, but {_ALLOWED} is not 'yes'")
    if wanted.partition(":")[0] not in PLACES:
        raise CrashNotAllowed(f"{_WANTED} names none of {', '.join(PLACES)}")


def point(place: str) -> None:
    """Ends the process here, if it was asked for."""
    wanted, _, number = os.environ.get(_WANTED, "").partition(":")
    if wanted != place:
        return
    _passed[place] += 1
    if _passed[place] == int(number or 1):
        os.kill(os.getpid(), signal.SIGKILL)
