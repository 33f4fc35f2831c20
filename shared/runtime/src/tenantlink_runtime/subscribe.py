"""`@subscribe(Fact)` marks a pure handler `(self, aggregate, event, now) -> Decision | Refusal`.

It is a nameko entrypoint, so nameko's test helpers know it; the deliveries come from `Consumer`,
which runs a whole batch in one worker.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from nameko.extensions import Entrypoint

from tenantlink_contracts.fact import Fact
from tenantlink_runtime.consumer import Consumer
from tenantlink_runtime.housekeeping import Housekeeping
from tenantlink_runtime.jobs import JobContext
from tenantlink_runtime.relay import Relay

Method = TypeVar("Method", bound=Callable[..., Any])


class Subscription(Entrypoint):
    """Binds one class of facts to one method."""

    consumer = Consumer()

    def __init__(self, fact: type[Fact], **kwargs: Any) -> None:
        self.fact = fact
        super().__init__(**kwargs)

    def setup(self) -> None:
        self.consumer.subscribe(self.fact, self.method_name)

    def stop(self) -> None:
        self.consumer.finish()


class BatchEntrypoint(Entrypoint):
    """The one worker in which a batch runs."""

    consumer = Consumer()

    def setup(self) -> None:
        self.consumer.batch_entrypoint = self


def subscribe(fact: type[Fact]) -> Callable[[Method], Method]:
    """Handle a fact; see the module's docstring for the handler's shape."""
    decorator: Callable[[Method], Method] = Subscription.decorator(fact)
    return decorator


batch: Callable[[Method], Method] = BatchEntrypoint.decorator


class EventService:
    """The base of every service's nameko class: events in, events out, jobs."""

    relay = Relay()
    job_context = JobContext()
    housekeeping = Housekeeping()

    @batch
    def run_in_worker(self, work: Callable[[Any], Any]) -> Any:
        """Run a batch with this instance, whose dependencies nameko has injected."""
        return work(self)
