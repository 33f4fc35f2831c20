"""Whether a `work` process should be restarted: it is alive, but does nothing.

A process without consumers for two minutes while the broker answers will not mend itself. A
broker or a database that is away is no reason: a restart would not bring it back.
"""

import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

PATIENCE_SECONDS = 120.0
MAX_LAG_SECONDS = 10.0
_CONNECT_SECONDS = 1.0


@dataclass
class Liveness:
    """What the parts of a process tell about themselves. Times are monotonic seconds."""

    lag: float = 0.0
    _consumes: bool = False
    _waits: bool = False
    _since: float = field(default_factory=time.monotonic)

    @property
    def consumes(self) -> bool:
        """Whether the consumer is consuming now."""
        return self._consumes

    @consumes.setter
    def consumes(self, now: bool) -> None:
        self._consumes, self._since = now, time.monotonic()

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """In here the process waits for its database, and is right to consume nothing."""
        self._waits = True
        try:
            yield
        finally:
            self._waits, self._since = False, time.monotonic()

    def is_alive(self, amqp_url: str, patience: float = PATIENCE_SECONDS) -> bool:
        """Whether waiting may still help."""
        if self.lag > MAX_LAG_SECONDS:
            return False
        if self._consumes or self._waits or time.monotonic() - self._since < patience:
            return True
        return not _answers(amqp_url)


def _answers(amqp_url: str) -> bool:
    """Whether anybody listens where the broker should be."""
    place = urlsplit(amqp_url)
    address = (place.hostname or "localhost", place.port or 5672)
    try:
        with socket.create_connection(address, timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False
