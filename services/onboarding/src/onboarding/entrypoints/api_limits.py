"""How much a caller may ask for, told in headers (draft-ietf-httpapi-ratelimit-headers).

Counted in this process alone: it protects the service from a program that runs wild, no more.
"""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

WINDOW_SECONDS = 60


@dataclass
class RateLimit:
    """At most so many requests a caller and minute."""

    requests: int
    clock: Callable[[], float] = time.monotonic
    _counts: dict[str, int] = field(default_factory=dict)
    _ends_at: float = 0.0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, caller: str) -> tuple[bool, dict[str, str]]:
        """Whether one more is allowed, and the headers that tell how things stand."""
        with self._lock:
            now = self.clock()
            if now >= self._ends_at:
                self._counts, self._ends_at = {}, now + WINDOW_SECONDS
            count = self._counts.get(caller, 0) + 1
            self._counts[caller] = count
            seconds = max(1, round(self._ends_at - now))
        headers = {
            "RateLimit-Policy": f'"default";q={self.requests};w={WINDOW_SECONDS}',
            "RateLimit": f'"default";r={max(0, self.requests - count)};t={seconds}',
        }
        if count > self.requests:
            return False, {**headers, "Retry-After": str(seconds)}
        return True, headers
