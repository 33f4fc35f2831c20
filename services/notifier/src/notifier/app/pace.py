"""How many mails one mail domain gets in a minute: who sends more is taken for a nuisance."""

from collections import deque
from datetime import datetime, timedelta

MINUTE = timedelta(minutes=1)
MOST_DOMAINS = 10_000


class Pace:
    """Counts in this process; `per_minute` mails for a domain within any minute."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._sent: dict[str, deque[datetime]] = {}

    def wait(self, domain: str, now: datetime) -> timedelta:
        """How long a mail for the domain has to wait; zero where it may go now, and is counted."""
        lately = self._sent.setdefault(domain, deque())
        while lately and lately[0] <= now - MINUTE:
            lately.popleft()
        if len(lately) >= self._per_minute:
            return lately[0] + MINUTE - now
        lately.append(now)
        self._forget(now)
        return timedelta(0)

    def _forget(self, now: datetime) -> None:
        """Domains that nothing was sent to lately take no memory."""
        if len(self._sent) > MOST_DOMAINS:
            ago = now - MINUTE
            busy = ((domain, sent) for domain, sent in self._sent.items() if sent[-1] > ago)
            self._sent = dict(busy)
