"""Trace context goes on whether spans are made or not, and a span never tells what it may not."""

from collections.abc import Iterator

import pytest
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import tracing
from tests.support.events import an_event

PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@pytest.fixture
def exporter() -> Iterator[InMemorySpanExporter]:
    memory = InMemorySpanExporter()
    tracing.start("test", memory)
    yield memory
    tracing._tracer = None


def spans(exporter: InMemorySpanExporter) -> tuple[ReadableSpan, ...]:
    processor = tracing._tracer.span_processor  # type: ignore[union-attr]
    processor.force_flush()
    return exporter.get_finished_spans()


def test_off_the_context_is_handed_on_as_it_came() -> None:
    with tracing.span("work", "INTERNAL", PARENT) as told:
        assert told == PARENT == tracing.current()
    assert tracing.current() is None


def test_on_each_span_is_the_child_of_the_one_that_led_to_it(
    exporter: InMemorySpanExporter,
) -> None:
    with tracing.span("outer", "INTERNAL", PARENT), tracing.asking("mail", "smtp://mx.example:25"):
        assert tracing.trace_id() == "0af7651916cd43dd8448eb211c80319c"
    inner, outer = spans(exporter)
    assert inner.parent is not None
    assert outer.context is not None
    assert inner.parent.span_id == outer.context.span_id
    assert inner.attributes == {"server.address": "mx.example", "server.port": 25}


def test_a_context_that_is_none_begins_a_trace_of_its_own(exporter: InMemorySpanExporter) -> None:
    with tracing.span("page", "SERVER", "no trace context at all") as told:
        assert told is not None
    assert [each.parent for each in spans(exporter)] == [None]


def test_an_error_is_named_but_its_text_stays_out(exporter: InMemorySpanExporter) -> None:
    with pytest.raises(ValueError, match="canary"), tracing.span("work", "INTERNAL", None):
        raise ValueError("canary-secret")
    (span,) = spans(exporter)
    assert span.attributes == {"error.type": "ValueError"}
    assert not span.events
    assert not span.status.description


def test_the_event_that_a_handler_gets_leads_on_from_the_handlers_span(
    exporter: InMemorySpanExporter,
) -> None:
    event = an_event(ServiceCreated)
    with tracing.handling(event, "notifier.inbox") as traced:
        assert traced.id == event.id
        assert traced.traceparent == tracing.current() is not None
    (span,) = spans(exporter)
    assert span.name == "process ServiceCreated"
