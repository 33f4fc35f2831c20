"""Waits a moment for a verdict, so that most people never see a page that says 'being checked'."""

import time
from collections.abc import Callable
from threading import BoundedSemaphore

LOOK_EVERY_SECONDS = 0.05


class Patience:
    """At most `at_once` requests wait at a time, so that waiting never takes all threads: whoever
    comes then sees the page that refreshes itself."""

    def __init__(self, seconds: float, at_once: int) -> None:
        self._seconds = seconds
        self._places = BoundedSemaphore(max(1, at_once))

    def wait(self, is_settled: Callable[[], bool]) -> None:
        """Until it is settled, for `seconds` at most. The answer comes into the database by
        another process, so all there is to do is to look."""
        if not self._places.acquire(blocking=False):
            return
        try:
            end = time.monotonic() + self._seconds
            while not is_settled() and time.monotonic() < end:
                time.sleep(LOOK_EVERY_SECONDS)
        finally:
            self._places.release()
