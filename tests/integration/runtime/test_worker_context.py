"""Handlers are nameko's: a batch runs in one worker, and nameko's own test helpers know them."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

from nameko.testing.services import worker_factory
from pydantic import SecretStr

from tenantlink_contracts.onboarding import OnboardingCancelled, ServiceCreated
from tenantlink_runtime import inbox
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.decision import Decision
from tests.support import sample_service
from tests.support.events import NOW, an_event
from tests.support.sample import Sample
from tests.support.sample_service import Tally

ROOT = Path(__file__).parents[3]

HOSTED = """
from tenantlink_runtime import work
work.prepare()
import sys
from types import SimpleNamespace
import eventlet
from nameko.containers import ServiceContainer
from nameko.extensions import DependencyProvider
from nameko.testing.services import entrypoint_hook, entrypoint_waiter
from pydantic import SecretStr
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import metrics
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.host import CONFIG_KEY
from tests.support import sample_service
from tests.support.events import an_event
from tests.support.sample_service import Tally

class Workers(DependencyProvider):
    made = []
    def worker_setup(self, worker_ctx):
        self.made.append(worker_ctx.entrypoint.method_name)
    def get_dependency(self, worker_ctx):
        return "injected"

amqp, database = sys.argv[1:]
settings = SimpleNamespace(database_url=SecretStr(database), amqp_url=SecretStr(amqp))
service, host = sample_service.build(settings)
service.workers = Workers()
seen = []
handle = service.service_created
container = ServiceContainer(service, {CONFIG_KEY: host, "max_workers": 10})
with entrypoint_waiter(container, "run_in_worker", timeout=60):
    container.start()
with entrypoint_hook(container, "service_created") as hook:
    answer = hook(Tally(new_id()), an_event(ServiceCreated), utc_now())
handled = lambda: metrics.EVENTS_HANDLED.labels("ServiceCreated", "applied")._value.get()
with eventlet.Timeout(60):
    while handled() < 40:
        eventlet.sleep(0.05)
batches = sum(1 for name in Workers.made if name == "run_in_worker")
print(answer.aggregate.count, int(handled()), batches, batches < 40)
container.stop()
"""


def test_a_handler_is_called_as_nameko_s_worker_factory_makes_it() -> None:
    nowhere = SecretStr("postgresql+psycopg2://nobody@nowhere.invalid/none")
    service, _host = sample_service.build(SimpleNamespace(database_url=nowhere))
    worker = worker_factory(service, mended=lambda: True)
    event = an_event(ServiceCreated, short_name="boom")
    decision = worker.service_created(Tally(event.subject), event, NOW)
    heard = OnboardingCancelled(reference=event.data.reference, reason="heard")
    assert decision == Decision(Tally(event.subject, 1), events=(heard,))


def test_a_batch_runs_in_one_worker_with_its_dependencies(sample: Sample) -> None:
    with sample.engine.begin() as connection:
        inbox.keep_partitions(connection, utc_now())
    sample.publish(*[an_event(ServiceCreated, subject=new_id()) for _ in range(40)])
    told = subprocess.run(
        [sys.executable, "-c", HOSTED, sample.admin_amqp_url, sample.database_url],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
    )
    count, handled, batches, fewer = (told.stdout.splitlines() or [told.stderr])[-1].split()
    assert (count, handled, fewer) == ("1", "40", "True"), f"{batches} workers for {handled} events"
    assert sample.total() == 40
