"""The HTTP client towards Microsoft: explicit time-outs, our CA, no redirects, no environment."""

from pathlib import Path
from typing import Any

import requests

CONNECT_SECONDS = 5.0
READ_SECONDS = 10.0


class MicrosoftSession(requests.Session):
    """A session that goes only where it was sent, and never for long.

    `retry_after` is what the last answer said, in seconds. `trust_env` is off: the environment's
    proxies and CA bundles would override the settings.
    """

    def __init__(self, ca_file: Path | None, proxy_url: str | None) -> None:
        super().__init__()
        self.trust_env = False
        self.retry_after: float | None = None
        self.verify = str(ca_file) if ca_file else True
        if proxy_url:
            self.proxies = {"https": proxy_url}

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        """As in requests, within our limits."""
        kwargs["allow_redirects"] = False
        kwargs["timeout"] = (CONNECT_SECONDS, READ_SECONDS)
        response = super().request(*args, **kwargs)
        self.retry_after = _seconds(response.headers.get("Retry-After"))
        return response


def _seconds(retry_after: str | None) -> float | None:
    """The header where it is a number of seconds; its form as a date is ignored."""
    return float(retry_after) if retry_after and retry_after.isdigit() else None
