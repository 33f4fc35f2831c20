"""Our messages are CloudEvents for others, and what others send wrongly is a value, not a crash."""

import json

import pytest
from cloudevents.core.bindings.rabbitmq import RabbitMQMessage, from_rabbitmq_event
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tests.support.events import an_event


def a_message() -> tuple[Event[ServiceCreated], dict[str, str], bytes]:
    event = an_event(ServiceCreated)
    return event, wire.headers_of(event), event.data.model_dump_json().encode()


def test_the_official_cloudevents_sdk_reads_our_messages() -> None:
    event, headers, body = a_message()
    message = RabbitMQMessage(headers=headers, body=body, content_type=wire.CONTENT_TYPE)
    read = from_rabbitmq_event(message, JSONFormat())
    assert read.get_id() == str(event.id)
    assert read.get_type() == "tenantlink.ServiceCreated.v1"
    assert read.get_source() == "/tenantlink/onboarding"
    assert read.get_subject() == str(event.subject)
    assert read.get_data()["short_name"] == "contoso"


def test_an_event_survives_the_wire_unchanged() -> None:
    event, headers, body = a_message()
    assert wire.read_event(wire.CONTENT_TYPE, headers, body) == event


def test_a_character_set_in_the_content_type_does_no_harm() -> None:
    event, headers, body = a_message()
    assert wire.read_event("application/json; charset=utf-8", headers, body) == event


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"content_type": "text/plain"}, "content type"),
        ({"content_type": None}, "content type"),
        ({"body": b"{"}, "body"),
        ({"body": b"\xff\xfe"}, "body"),
        ({"body": b"{}"}, "reference: Field required"),
        ({"body": b" " * (wire.MAX_BODY_BYTES + 1)}, "at most"),
        ({"ce-type": "tenantlink.ServiceCreated.v9"}, "unknown event type"),
        ({"ce-id": "7"}, "envelope"),
        ({"ce-subject": None}, "envelope"),
        ({"ce-time": "2026-03-02T09:00:00"}, "time zone"),
    ],
)
def test_what_cannot_be_read_says_why(change: dict[str, object], reason: str) -> None:
    _, headers, body = a_message()
    changed = {**headers, **{name: value for name, value in change.items() if "ce-" in name}}
    present = {name: value for name, value in changed.items() if value is not None}
    answer = wire.read_event(
        change.get("content_type", wire.CONTENT_TYPE), present, change.get("body", body)
    )
    assert isinstance(answer, wire.Unreadable)
    assert reason in answer.reason


def test_a_reason_never_repeats_what_was_sent() -> None:
    _, headers, body = a_message()
    document = {**json.loads(body), "revision": "hunter2-canary"}
    answer = wire.read_event(wire.CONTENT_TYPE, headers, json.dumps(document).encode())
    assert isinstance(answer, wire.Unreadable)
    assert "canary" not in answer.reason


@given(body=st.binary(max_size=300), content_type=st.text() | st.just("application/json"))
def test_no_bytes_make_reading_raise(body: bytes, content_type: str) -> None:
    _, headers, _ = a_message()
    assert isinstance(wire.read_event(content_type, headers, body), wire.Unreadable)
