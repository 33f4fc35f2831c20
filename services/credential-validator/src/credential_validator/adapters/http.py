"""The HTTP client towards Microsoft: explicit time-outs, our CA, no redirects, no environment."""

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
        return None if self.last is None else _seconds(self.last.headers.get("Retry-After"))


def _seconds(retry_after: str | None) -> float | None:
    """The header where it is a number of seconds; its form as a date is ignored."""
    return float(retry_after) if retry_after and retry_after.isdecimal() else None
