"""What the nameko extensions of a process share. The composition root puts it into the config."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider

from tenantlink_runtime.aggregates import Aggregates
from tenantlink_runtime.liveness import Liveness
from tenantlink_runtime.settings import ServiceSettings
from tenantlink_runtime.signals import Signal, Stop
from tenantlink_runtime.unit_of_work import (
    Consequences,
    Projection,
    Transactions,
    Wake,
    no_consequences,
)

CONFIG_KEY = "TENANTLINK"


@dataclass(frozen=True)
class Chore:
    """Something that one process at a time does again and again, in a transaction."""

    name: str
    seconds: float
    work: Callable[[sa.Connection], None]


@dataclass
class Host:
    """Everything a `work` process is made of; `injected` are the service's own collaborators."""

    settings: ServiceSettings
    transactions: Transactions[Any]
    injected: dict[str, Any] = field(default_factory=dict)
    relay_signal: Signal = field(default_factory=Signal)
    jobs_signal: Signal = field(default_factory=Signal)
    stop: Stop = field(default_factory=Stop)
    failure: str | None = None
    liveness: Liveness = field(default_factory=Liveness)
    chores: Sequence[Chore] = ()

    @classmethod
    def build(
        cls,
        settings: ServiceSettings,
        service: str,
        engine: sa.Engine,
        aggregates: Aggregates[Any],
        injected: dict[str, Any],
        projections: Sequence[Projection] = (),
        consequences: Consequences[Any] = no_consequences,
        chores: Sequence[Chore] = (),
    ) -> "Host":
        """A host whose commits wake its own relay and job loop."""
        transactions = Transactions(
            engine, service, aggregates, projections, consequences=consequences
        )
        host = cls(settings, transactions, injected, chores=chores)
        host.transactions = replace(transactions, wake=host.wake)
        return host

    def wake(self, who: Wake) -> None:
        """Relay or job loop have something to do."""
        if Wake.RELAY in who:
            self.relay_signal.set()
        if Wake.JOBS in who:
            self.jobs_signal.set()

    def fail(self, reason: str) -> None:
        """End the process, with an exit code that tells, because no waiting would help."""
        self.failure = reason
        self.stop.set()

    @property
    def amqp_url(self) -> str:
        """Where the broker is; a `work` process cannot do without."""
        if self.settings.amqp_url is None:
            raise ValueError("AMQP_URL is not set; a work process needs it")
        return self.settings.amqp_url.get_secret_value()


def host_of(container: ServiceContainer) -> Host:
    """The host that a nameko container runs for."""
    host: Host = container.config[CONFIG_KEY]
    return host


class Injected(DependencyProvider):
    """Gives a handler's service the collaborator of the attribute's name.

    `links = Injected()` on a service class becomes `host.injected["links"]` in its methods.
    """

    def get_dependency(self, worker_ctx: Any) -> Any:  # noqa: ARG002  nameko's signature
        return host_of(self.container).injected[self.attr_name]
