"""One trace from an order to the last mail: W3C trace context over outbox, broker, handler and job.

The context always travels on; spans are made only where an OTLP endpoint is set, and
OpenTelemetry is not even imported where none is. Names and attributes are those of OpenTelemetry's
semantic conventions for messaging. A span never bears a path, a body or the text of an error:
these may hold a link's token or what somebody typed.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

import structlog

from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact

if TYPE_CHECKING:
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.trace import Tracer

    from tenantlink_runtime.settings import ServiceSettings

Kind = Literal["CONSUMER", "PRODUCER", "INTERNAL", "SERVER", "CLIENT"]
_PARENT = "traceparent"

_current: ContextVar[str | None] = ContextVar("traceparent", default=None)
_tracer: "Tracer | None" = None


def configure(service: str, settings: "ServiceSettings") -> None:
    """Send spans to the endpoint of the settings; without one, do nothing at all."""
    if settings.otlp_endpoint is None:
        return
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

    headers = {}
    if settings.otlp_headers_file is not None:
        lines = settings.otlp_headers_file.read_text().split("\n")
        pairs = (line.partition("=") for line in lines if "=" in line)
        headers = {name.strip(): value.strip() for name, _, value in pairs}
    endpoint = f"{settings.otlp_endpoint.rstrip('/')}/v1/traces"
    start(service, OTLPSpanExporter(endpoint=endpoint, headers=headers))


def start(service: str, exporter: "SpanExporter") -> None:
    """Make spans and hand them to an exporter, in batches."""
    global _tracer
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    provider = TracerProvider(resource=Resource({"service.name": service}))
    provider.add_span_processor(BatchSpanProcessor(exporter, schedule_delay_millis=1000))
    _tracer = provider.get_tracer("tenantlink")


def is_on() -> bool:
    """Whether spans are made."""
    return _tracer is not None


def current() -> str | None:
    """The `traceparent` of what is going on, for whatever it leads to."""
    return _current.get()


def trace_id() -> str | None:
    """The trace's own part of it, for logs."""
    parent = _current.get()
    return parent.split("-")[1] if parent and parent.count("-") >= 3 else None


def enter(traceparent: str | None, subject: object) -> None:
    """Go on with a trace in a greenthread that ends with its work, and so needs no way back."""
    _current.set(traceparent)
    structlog.contextvars.bind_contextvars(onboarding=str(subject))


@contextmanager
def handling(event: Event[Fact], queue: str) -> Iterator[Event[Fact]]:
    """The event as its handler's results are caused by it: within the handler's own span."""
    attributes = {
        "messaging.system": "rabbitmq",
        "messaging.operation.type": "process",
        "messaging.destination.name": queue,
        "messaging.message.id": str(event.id),
        "messaging.message.conversation_id": str(event.correlation_id),
    }
    name = f"process {event.data.event_name()}"
    with span(name, "CONSUMER", event.traceparent, attributes) as parent, about(event.subject):
        yield event if parent == event.traceparent else replace(event, traceparent=parent)


@contextmanager
def span(
    name: str, kind: Kind, parent: str | None, attributes: Mapping[str, Any] | None = None
) -> Iterator[str | None]:
    """Something that takes time. Yields the `traceparent` that its consequences get."""
    if _tracer is None:
        token = _current.set(parent)
        try:
            yield parent
        finally:
            _current.reset(token)
        return
    with _recorded(_tracer, name, kind, parent, attributes) as own:
        token = _current.set(own)
        try:
            yield own
        finally:
            _current.reset(token)


@contextmanager
def asking(what: str, url: str) -> Iterator[None]:
    """A call to the world outside: Entra, Graph, a mail server. Only the host is told."""
    where = urlsplit(url)
    attributes = {"server.address": where.hostname or "", "server.port": where.port or 0}
    with span(what, "CLIENT", current(), attributes):
        yield


@contextmanager
def resumed(traceparent: str | None) -> Iterator[None]:
    """What is recorded in here belongs to this trace, whoever writes it down."""
    token = _current.set(traceparent)
    try:
        yield
    finally:
        _current.reset(token)


@contextmanager
def about(subject: object) -> Iterator[None]:
    """Log lines in here say which onboarding they are about."""
    with structlog.contextvars.bound_contextvars(onboarding=str(subject)):
        yield


@contextmanager
def _recorded(
    tracer: "Tracer",
    name: str,
    kind: Kind,
    parent: str | None,
    attributes: Mapping[str, Any] | None,
) -> Iterator[str | None]:
    from opentelemetry.context import Context
    from opentelemetry.trace import SpanKind, StatusCode, set_span_in_context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    propagator = TraceContextTextMapPropagator()
    before = propagator.extract({_PARENT: parent} if parent else {}, Context())
    made = tracer.start_span(name, before, SpanKind[kind], dict(attributes or {}))
    carrier: dict[str, str] = {}
    propagator.inject(carrier, set_span_in_context(made, before))
    try:
        yield carrier.get(_PARENT)
    except BaseException as error:
        made.set_status(StatusCode.ERROR)
        made.set_attribute("error.type", type(error).__name__)
        raise
    finally:
        made.end()
