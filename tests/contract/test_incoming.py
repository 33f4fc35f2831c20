"""Upstream systems may speak in three forms; whatever they send is a value, never a crash."""

import base64
import json
from typing import Any

import pytest
from cloudevents.core.bindings.rabbitmq import to_structured_event
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given
from hypothesis import strategies as st

from tenantlink_contracts.incoming import Incoming, Message, Unfit, read
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_contracts.upstream import ServiceProvisioned
from tenantlink_contracts.wire import Unreadable

TYPE = ServiceRequested.event_type()
DATA = {"reference": "ORDER-1"}
STRUCTURED = "application/cloudevents+json"


def a_message(body: Any = None, **changes: Any) -> Message:
    """Plain JSON with a message id, sent as ServiceRequested."""
    sent = body if isinstance(body, bytes) else json.dumps(DATA if body is None else body).encode()
    values = {
        "content_type": "application/json",
        "headers": {},
        "body": sent,
        "message_id": "m-1",
        "routing_key": "ServiceRequested",
    }
    return Message(**{**values, **changes})


def in_structured_mode(**changes: Any) -> Message:
    event = {"specversion": "1.0", "id": "e-1", "source": "/crm", "type": TYPE, "data": DATA}
    return a_message({**event, **changes}, content_type=STRUCTURED, message_id=None)


def code(message: Message) -> str:
    answer = read(message)
    assert isinstance(answer, Unfit), answer
    return answer.code


def test_plain_json_is_what_its_routing_key_says() -> None:
    assert read(a_message()) == Incoming("m-1", ServiceRequested, DATA)
    provisioned = read(a_message(routing_key="ServiceProvisioned"))
    assert isinstance(provisioned, Incoming)
    assert provisioned.fact is ServiceProvisioned


@pytest.mark.parametrize("prefix", ["ce-", "cloudEvents:", "cloudEvents_", "CE-"])
def test_binary_mode_is_read_with_every_prefix_in_use(prefix: str) -> None:
    attributes = {"specversion": "1.0", "id": "e-1", "source": "/crm", "type": TYPE}
    headers = {f"{prefix}{name}": value for name, value in attributes.items()}
    headers["traceparent"] = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    message = a_message(headers=headers, message_id=None, routing_key="anything")
    assert read(message) == Incoming("e-1", ServiceRequested, DATA, headers["traceparent"])


def test_structured_mode_is_read_with_data_in_either_form() -> None:
    wanted = Incoming("e-1", ServiceRequested, DATA)
    assert read(in_structured_mode()) == wanted
    encoded = base64.b64encode(json.dumps(DATA).encode()).decode()
    assert read(in_structured_mode(data=None, data_base64=encoded)) == wanted


def test_what_the_official_cloudevents_sdk_sends_is_read() -> None:
    attributes = {
        "id": "e-1",
        "source": "/crm",
        "type": TYPE,
        "datacontenttype": "application/json",
    }
    sent = to_structured_event(CloudEvent(attributes, DATA), JSONFormat())
    message = a_message(
        sent.body, headers=sent.headers, content_type=sent.content_type, message_id=None
    )
    assert read(message) == Incoming("e-1", ServiceRequested, DATA)


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (a_message(message_id=None), "id_missing"),
        (a_message(message_id="x" * 201), "id_missing"),
        (a_message(content_type="text/plain"), "content_type"),
        (a_message(content_type=None), "content_type"),
        (a_message(routing_key="OrderPlaced"), "type_unknown"),
        (a_message(headers={"ce-type": "tenantlink.ServiceCreated.v1"}), "type_unknown"),
        (a_message(headers={"ce-type": TYPE, "ce-specversion": "0.3"}), "specversion"),
        (a_message(b'{"a": 1, "a": 2}'), "doubled_key"),
        (a_message(b'{"a": {"b": 1, "b": 1}}'), "doubled_key"),
        (a_message(b'"' + b"x" * 1_000_000 + b'"'), "too_large"),
        (in_structured_mode(data=None), "data_missing"),
        (in_structured_mode(data="text"), "data_missing"),
        (in_structured_mode(data=None, data_base64="!"), "data_missing"),
        (in_structured_mode(id=None), "id_missing"),
        (in_structured_mode(type=["a"]), "type_unknown"),
    ],
)
def test_what_can_be_read_but_not_taken_is_told_by_a_code(message: Message, expected: str) -> None:
    assert code(message) == expected


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"\xff\xfe", b"[]", b'"text"', b'{"a": NaN}', b"[" * 60_000, b"1" * 5000],
)
def test_bytes_that_are_no_json_object_cannot_be_read(body: bytes) -> None:
    assert isinstance(read(a_message(body)), Unreadable)


@given(
    body=st.binary(max_size=200),
    headers=st.dictionaries(
        st.sampled_from(["ce-id", "ce-type", "cloudEvents:specversion", "traceparent"]),
        st.one_of(st.text(), st.integers(), st.none(), st.binary()),
    ),
    content_type=st.sampled_from([None, "", STRUCTURED, "application/json;x", "\u0130"]),
)
def test_reading_never_raises(
    body: bytes, headers: dict[str, Any], content_type: str | None
) -> None:
    read(a_message(body, headers=headers, content_type=content_type))
