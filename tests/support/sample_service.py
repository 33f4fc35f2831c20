"""A service as small as a service can be, on the real runtime: it counts what it hears.

`python -m tests.support.sample_service` runs its `work` process. A short name `boom` is a bug of
its handler, as long as the subject's row in the table `mended` is missing.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from tenantlink_runtime import command, work

NAME = "sample"


def main() -> None:
    """What a service's `__main__` does."""
    work.prepare()
    from pydantic_settings import SettingsConfigDict

    from tenantlink_runtime.settings import ServiceSettings

    class SampleSettings(ServiceSettings):
        model_config = SettingsConfigDict(env_prefix="SAMPLE_")

    settings = SampleSettings()
    command.start_logs(NAME, settings)
    service, host = build(settings)
    work.run(service, host)


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts the events about a subject."""

    id: UUID
    count: int = 0


def build(settings: Any) -> tuple[type, Any]:
    """The nameko class and its host."""
    import sqlalchemy as sa

    from tenantlink_contracts.event import Event
    from tenantlink_contracts.onboarding import OnboardingCancelled, ServiceCreated
    from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
    from tenantlink_runtime.database import connect
    from tenantlink_runtime.decision import Decision
    from tenantlink_runtime.host import Host, Injected
    from tenantlink_runtime.subscribe import EventService, subscribe

    engine = connect(settings.database_url.get_secret_value())
    tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)

    def mended() -> bool:
        with engine.connect() as connection:
            return connection.execute(sa.text("SELECT count(*) FROM mended")).scalar_one() > 0

    class Sample(EventService):
        name = NAME
        mended = Injected()

        @subscribe(ServiceCreated)
        def service_created(
            self, tally: Tally, event: Event[ServiceCreated], now: datetime
        ) -> Decision[Tally]:
            if event.data.short_name == "boom" and not self.mended():
                raise RuntimeError("a bug in a handler")
            counted = replace(tally, count=tally.count + 1)
            heard = OnboardingCancelled(reference=event.data.reference, reason="heard")
            return Decision(counted, events=(heard,))

    return Sample, Host.build(settings, NAME, engine, tallies, injected={"mended": mended})


if __name__ == "__main__":
    main()
