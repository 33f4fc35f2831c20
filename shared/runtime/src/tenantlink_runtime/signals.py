"""A flag between greenthreads: somebody sets it, one loop waits for it and clears it."""

import eventlet
from eventlet.event import Event


class Signal:
    """`wait` returns at once if `set` was called since the last `wait`."""

    def __init__(self) -> None:
        self._event = Event()

    def set(self) -> None:
        """Wake the waiting loop, or the next one to wait."""
        if not self._event.ready():
            self._event.send(True)

    def wait(self, seconds: float) -> bool:
        """Wait at most so long; whether it was set. Clears the flag."""
        was_set = bool(self._event.wait(timeout=seconds))
        if self._event.ready():
            self._event = Event()
        return was_set

    @property
    def is_set(self) -> bool:
        """Whether somebody has set it, without clearing it."""
        return bool(self._event.ready())


class Stop:
    """Set once, at the end; loops ask it between two steps and wait on it instead of sleeping."""

    def __init__(self) -> None:
        self._event = Event()

    def set(self) -> None:
        """From now on `requested` is true."""
        if not self._event.ready():
            self._event.send(True)

    @property
    def requested(self) -> bool:
        """Whether the process is stopping."""
        return bool(self._event.ready())

    def wait(self, seconds: float) -> bool:
        """A pause that ends early when stopping; whether it did."""
        return bool(self._event.wait(timeout=seconds))


def wait_for(greenthread: eventlet.greenthread.GreenThread | None, seconds: float) -> bool:
    """Wait for a greenthread's end, at most so long; whether it ended."""
    if greenthread is None:
        return True
    try:
        with eventlet.Timeout(seconds):
            greenthread.wait()
    except eventlet.Timeout:
        return False
    return True
