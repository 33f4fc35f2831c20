"""One trace goes through broker, handler and outbox; without a collector it still goes on."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime.clock import new_id
from tests.support.collector import Collector
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("servers")

TRACE = "0af7651916cd43dd8448eb211c80319c"
CALLER = "b7ad6b7169203331"


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector.started() as running:
        yield running


def a_traced_event() -> Event[ServiceCreated]:
    event = an_event(ServiceCreated, subject=new_id())
    return replace(event, traceparent=f"00-{TRACE}-{CALLER}-01")


def test_without_a_collector_the_trace_context_goes_on_as_it_came(sample: Sample) -> None:
    event = a_traced_event()
    with sample.running():
        sample.publish(event)
        heard = eventually(sample.next_published)
    assert heard.headers["traceparent"] == event.traceparent


def test_a_handler_is_a_span_and_what_follows_belongs_to_it(
    sample: Sample, collector: Collector
) -> None:
    event = a_traced_event()
    with sample.running(SAMPLE_OTLP_ENDPOINT=collector.url):
        sample.publish(event)
        heard = eventually(sample.next_published)
        (span,) = eventually(lambda: collector.named("process ServiceCreated"))
    assert (span.service, span.trace_id, span.parent_id) == ("sample", TRACE, CALLER)
    assert heard.headers["traceparent"] == f"00-{TRACE}-{span.span_id}-01"
    assert span.attributes["messaging.system"] == "rabbitmq"
    assert span.attributes["messaging.message.id"] == str(event.id)
    assert span.attributes["messaging.destination.name"] == "sample.inbox"


def test_a_collector_that_is_away_harms_nobody(sample: Sample) -> None:
    event = a_traced_event()
    with sample.running(SAMPLE_OTLP_ENDPOINT="http://127.0.0.1:9"):
        sample.publish(event)
        eventually(lambda: sample.count(event.subject) == 1)
        assert eventually(sample.next_published)
