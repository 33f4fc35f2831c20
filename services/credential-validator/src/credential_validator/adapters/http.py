"""The HTTP client towards Microsoft: explicit time-outs, our CA, no redirects, no environment."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import requests
import structlog

_log = structlog.get_logger(__name__)

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0


class MicrosoftSession(requests.Session):
    """A session that goes only where it was sent, and never for long.

    `last` is the newest answer, None where there was none. `trust_env` is off: the environment's
    proxies and CA bundles would override the settings.
    """

    def __init__(
        self, ca_file: Path | None, proxy_url: str | None, read_seconds: float = READ_SECONDS
    ) -> None:
        super().__init__()
        self._timeout = (CONNECT_SECONDS, read_seconds)
        self.trust_env = False
        self.last: requests.Response | None = None
        self.verify = str(ca_file) if ca_file else True
        if proxy_url:
            self.proxies = {"https": proxy_url}

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As in requests, within our limits."""
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = self._timeout
        self.last = None
        try:
            self.last = super().request(*args, **kwargs)
        except requests.RequestException as error:
            # By its kind alone: the text of an error may hold what was asked.
            _log.warning("microsoft_not_reached", error=type(error).__name__)
            raise
        return self.last

    @property
    def retry_after(self) -> float | None:
        """How long the newest answer asks to wait, in seconds."""
        if self.last is None:
            return None
        return seconds_of(self.last.headers.get("Retry-After"), self.last.headers.get("Date"))


def seconds_of(retry_after: str | None, date: str | None) -> float | None:
    """Both forms of the header (RFC 9110): seconds, or a date. A date is counted from that of the
    answer, because clocks differ; what is neither, or past, says nothing."""
    if not retry_after:
        return None
    if retry_after.isascii() and retry_after.isdecimal():
        return float(retry_after)
    until, now = _moment(retry_after), _moment(date) or datetime.now(UTC)
    seconds = (until - now).total_seconds() if until else 0.0
    return seconds if seconds > 0 else None


def _moment(text: str | None) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text or "")
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
