"""Ours: the runtime as every service has it. A batch is what has arrived, at most 50 events.

The composition root is onboarding's, with its aggregates and without its timeline, which nobody
else here writes; the one handler is the case's.
"""

import os
from datetime import datetime
from typing import Any

from tenantlink_runtime import command, work
from tests.benchmarks.settings import Settings

POOL_SIZE = 10


def main() -> None:
    """What a service's `__main__` does."""
    work.prepare()
    settings = service_settings()
    command.start_logs("onboarding", settings)
    work.run(service_class(), host(settings, POOL_SIZE))


def service_settings() -> Any:
    """The settings of a service, from those of the benchmark."""
    from tenantlink_runtime.settings import ServiceSettings

    given = Settings.read()
    return ServiceSettings.model_validate(
        {
            "database_url": given.database_url,
            "amqp_url": given.amqp_url,
            "internal_port": given.port,
            "public_keys_file": os.devnull,
            "log_level": "WARNING",
        }
    )


def host(settings: Any, pool_size: int) -> Any:
    """Onboarding's own aggregates in the run's database."""
    from onboarding.adapters.sql_onboardings import stored_onboardings
    from tenantlink_runtime.database import connect
    from tenantlink_runtime.host import Host

    engine = connect(settings.database_url.get_secret_value(), pool_size)
    return Host.build(settings, "onboarding", engine, stored_onboardings(), injected={})


def service_class() -> type:
    """One subscription."""
    from onboarding.app.take_note import Answer
    from onboarding.domain.onboarding import Onboarding
    from tenantlink_contracts.credential_validator import DeviceAuthenticationFailed
    from tenantlink_contracts.event import Event
    from tenantlink_runtime.subscribe import EventService, subscribe
    from tests.benchmarks import case

    class Onboardings(EventService):
        name = "onboarding"

        @subscribe(DeviceAuthenticationFailed)
        def device_authentication_failed(
            self, onboarding: Onboarding, event: Event[DeviceAuthenticationFailed], now: datetime
        ) -> Answer:
            return case.decide(onboarding, event, now)

    return Onboardings


if __name__ == "__main__":
    main()
