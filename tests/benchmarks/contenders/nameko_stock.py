"""nameko's own `@event_handler` with its defaults: ten workers, a prefetch of ten, its hub.

It is given what makes it as safe as it gets: an inbox, an outbox with our relay in the same
process, and `requeue_on_error`. Its queue is the durable classic one that nameko declares. (It
still acks what it cannot decode and what arrives while it stops.)
"""

import warnings

warnings.filterwarnings("ignore", message=r"(?s).*Eventlet is deprecated")

import eventlet  # noqa: E402

eventlet.monkey_patch()  # as nameko's own command does, before other imports

import signal  # noqa: E402
from collections.abc import Callable  # noqa: E402
from typing import Any  # noqa: E402

import sqlalchemy as sa  # noqa: E402
from nameko.events import event_handler  # noqa: E402
from nameko.extensions import DependencyProvider  # noqa: E402
from nameko.runners import ServiceRunner  # noqa: E402

from tenantlink_contracts.credential_validator import DeviceAuthenticationFailed  # noqa: E402
from tenantlink_runtime.host import CONFIG_KEY, Injected  # noqa: E402
from tenantlink_runtime.relay import Relay  # noqa: E402
from tenantlink_runtime.unit_of_work import Wake  # noqa: E402
from tests.benchmarks import case, single_event  # noqa: E402
from tests.benchmarks.contenders import batches  # noqa: E402

RELAY_CONNECTIONS = 2


class Headers(DependencyProvider):
    """The message's headers, which nameko keeps in the worker's context."""

    def get_dependency(self, worker_ctx: Any) -> Any:
        return worker_ctx.context_data


class Onboardings:
    """One handler, four statements, one transaction an event."""

    name = "onboarding"
    relay = Relay()
    headers = Headers()
    engine: sa.Engine = Injected()
    wake: Callable[[Wake], None] = Injected()

    @event_handler("credential-validator", "DeviceAuthenticationFailed", requeue_on_error=True)
    def failed(self, payload: dict[str, Any]) -> None:
        event = case.event_of(self.headers, DeviceAuthenticationFailed.model_validate(payload))
        with self.engine.begin() as connection:
            fresh = connection.execute(single_event.ACCEPT, single_event.key_of(event)).first()
            if fresh:
                subject = {"subject": event.subject}
                state = connection.execute(single_event.LOCK, subject).scalar_one()
                effect = case.handle(state, event)
                connection.execute(single_event.SAVE, single_event.saved(effect))
                connection.execute(single_event.RECORD, single_event.recorded(effect))
        self.wake(Wake.RELAY)


def main() -> None:
    """As nameko's command would run it."""
    settings = batches.service_settings()
    host = batches.host(settings, case.CONCURRENCY + RELAY_CONNECTIONS)
    host.injected.update(engine=host.transactions.engine, wake=host.wake)
    amqp_url = host.amqp_url
    runner = ServiceRunner({CONFIG_KEY: host, "AMQP_URI": amqp_url, "max_workers": 10})
    runner.add_service(Onboardings)
    signal.signal(signal.SIGTERM, lambda *_: eventlet.spawn_n(runner.stop))
    runner.start()
    runner.wait()


if __name__ == "__main__":
    main()
