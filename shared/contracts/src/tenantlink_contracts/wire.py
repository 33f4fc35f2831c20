"""An event as an AMQP message: CloudEvents 1.0 in binary mode with `ce-` headers.

The mapping is knative's for AMQP 0-9-1, which the official CloudEvents SDK implements too.
Reading never raises: what cannot be read is a value that says why.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import ValidationError

from tenantlink_contracts.catalogue import FACTS
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact

CONTENT_TYPE = "application/json"
MAX_BODY_BYTES = 64 * 1024


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Why a message is no event of ours. Never contains any of its body."""

    reason: str


def headers_of(event: Event[Fact]) -> dict[str, str]:
    """The `ce-` headers of an event; its body is `event.data.model_dump_json()`."""
    headers = {
        "ce-specversion": "1.0",
        "ce-id": str(event.id),
        "ce-source": event.source,
        "ce-type": event.data.event_type(),
        "ce-subject": str(event.subject),
        "ce-time": event.time.isoformat(),
        "ce-correlationid": str(event.correlation_id),
    }
    if event.causation_id:
        headers["ce-causationid"] = str(event.causation_id)
    if event.traceparent:
        headers["traceparent"] = event.traceparent
    return headers


def read_event(
    content_type: str | None, headers: Mapping[str, Any], body: bytes
) -> Event[Fact] | Unreadable:
    """The event in a message, or why there is none."""
    media_type = (content_type or "").partition(";")[0].strip().lower()
    if media_type != CONTENT_TYPE:
        return Unreadable(f"content type is {content_type!r}, expected {CONTENT_TYPE}")
    if len(body) > MAX_BODY_BYTES:
        return Unreadable(f"body has {len(body)} bytes, at most {MAX_BODY_BYTES} are read")
    fact_type = FACTS.get(str(headers.get("ce-type")))
    if fact_type is None:
        return Unreadable(f"unknown event type {headers.get('ce-type')!r}")
    try:
        return _event(headers, fact_type.model_validate_json(body))
    except ValidationError as error:
        return Unreadable(f"{fact_type.event_type()}: {_faults(error)}")
    except (KeyError, ValueError) as error:
        return Unreadable(f"envelope: {type(error).__name__}: {error}")


def _event(headers: Mapping[str, Any], data: Fact) -> Event[Fact]:
    causation = headers.get("ce-causationid")
    time = datetime.fromisoformat(headers["ce-time"])
    if time.tzinfo is None:
        raise ValueError("ce-time has no time zone")
    return Event(
        id=UUID(headers["ce-id"]),
        source=str(headers["ce-source"]),
        subject=UUID(headers["ce-subject"]),
        time=time,
        data=data,
        causation_id=UUID(causation) if causation else None,
        traceparent=headers.get("traceparent"),
    )


def _faults(error: ValidationError) -> str:
    """Where and what, never the input: it may be what somebody meant to seal."""
    rows = error.errors(include_url=False, include_input=False, include_context=False)
    return "; ".join(f"{'.'.join(map(str, row['loc'])) or 'body'}: {row['msg']}" for row in rows)
