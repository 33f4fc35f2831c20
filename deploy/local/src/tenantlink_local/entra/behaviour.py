"""Plays the knobs of directory.toml: delay, throttling, outage, for so many requests."""

import time
from collections import Counter
from threading import Lock

from tenantlink_local.entra.directory import App, Mood


class Behaviour:
    """Counts how often each registration has misbehaved."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._spent: Counter[str] = Counter()

    def now(self, app: App, wanted: Mood) -> Mood:
        """Wait as the registration says, then tell how to answer this request."""
        time.sleep(app.delay_seconds)
        if wanted == "normal":
            return "normal"
        with self._lock:
            self._spent[str(app.client_id)] += 1
            is_over = app.times and self._spent[str(app.client_id)] > app.times
        return "normal" if is_over else wanted

    def forget(self) -> None:
        """Begin anew: what misbehaves a few times does so again."""
        with self._lock:
            self._spent.clear()
