"""Counts, once a minute, what is not counted by events: how soon the secrets in use end."""

import sqlalchemy as sa
import structlog
from nameko.extensions import DependencyProvider

from tenantlink_runtime.host import host_of

_log = structlog.get_logger(__name__)

SECONDS = 60.0


class Gauges(DependencyProvider):
    """Runs the injected `count_secrets` beside the service; it may fail, the service may not."""

    def setup(self) -> None:
        self._host = host_of(self.container)

    def start(self) -> None:
        self.container.spawn_managed_thread(self._run)

    def _run(self) -> None:
        pause = 0.0
        while not self._host.stop.wait(pause):
            pause = SECONDS
            try:
                self._host.injected["count_secrets"]()
            except sa.exc.DBAPIError as error:
                _log.warning("secrets_not_counted", error=type(error).__name__)
