"""What upstream systems send, in the three forms that they may choose.

CloudEvents in binary mode (`ce-` headers, or the prefixes `cloudEvents:` and `cloudEvents_` of the
AMQP binding), CloudEvents in structured mode (`application/cloudevents+json`), and plain JSON with
the AMQP property `message_id`, whose routing key says what it is. Reading never raises.
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tenantlink_contracts.catalogue import FACTS, from_upstream
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.wire import CONTENT_TYPE, MAX_BODY_BYTES, Unreadable

STRUCTURED = "application/cloudevents+json"
MAX_ID = 200
_PREFIXES = ("ce-", "cloudevents:", "cloudevents_")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
_BY_NAME = {fact.event_name(): fact for fact in from_upstream()}


@dataclass(frozen=True, slots=True)
class Message:
    """An AMQP message: its body, and the properties that count."""

    content_type: str | None
    headers: Mapping[str, Any]
    body: bytes
    message_id: str | None
    routing_key: str


@dataclass(frozen=True, slots=True)
class Incoming:
    """A message that can be understood so far. `id` is the sender's own of it; `data` is not
    checked yet: what is wrong with it is the sender's to know, all at once."""

    id: str
    fact: type[Fact]
    data: dict[str, Any]
    traceparent: str | None = None


@dataclass(frozen=True, slots=True)
class Unfit:
    """Readable, but not what anybody here could take: the sender is told, by code and words."""

    id: str
    code: str
    message: str


class DoubledKey(ValueError):
    """An object has a key twice; the text is the key."""


def read(message: Message) -> Incoming | Unfit | Unreadable:
    """What a message says; Unreadable where its bytes are no JSON object."""
    attributes = _attributes(message.headers)
    known_id = _usable(attributes.get("id") or message.message_id)
    if len(message.body) > MAX_BODY_BYTES:
        words = f"It has {len(message.body)} bytes; at most {MAX_BODY_BYTES} are read."
        return Unfit(known_id, "too_large", words)
    try:
        document = json_object(message.body)
    except DoubledKey as error:
        words = f"The key {error} stands twice in one object."
        return Unfit(known_id, "doubled_key", words)
    except (ValueError, RecursionError):
        return Unreadable("the body is no JSON object in UTF-8")
    media_type = (message.content_type or "").partition(";")[0].strip().lower()
    if media_type == STRUCTURED:
        return _structured(document, message)
    if media_type != CONTENT_TYPE:
        words = f"The content type has to be {CONTENT_TYPE} or {STRUCTURED}."
        return Unfit(known_id, "content_type", words)
    return _named(attributes, document, message)


def _attributes(headers: Mapping[str, Any]) -> dict[str, Any]:
    """The CloudEvents attributes among the headers, by their own names."""
    found = {}
    for name, value in headers.items():
        lower = str(name).lower()
        prefix = next((each for each in _PREFIXES if lower.startswith(each)), None)
        if prefix is not None:
            found[lower.removeprefix(prefix)] = value
    return found


def _usable(identity: object) -> str:
    """An id as text; empty where it is none."""
    text = "" if identity is None else str(identity)
    return text if len(text) <= MAX_ID and text.isprintable() else ""


def _structured(document: dict[str, Any], message: Message) -> Incoming | Unfit | Unreadable:
    data = document.get("data")
    known_id = _usable(document.get("id") or message.message_id)
    if data is None and isinstance(document.get("data_base64"), str):
        try:
            data = json_object(base64.b64decode(document["data_base64"], validate=True))
        except (binascii.Error, ValueError, RecursionError):
            data = None
    if not isinstance(data, dict):
        return Unfit(known_id, "data_missing", "The field data has to be a JSON object.")
    return _named(document, data, message)


def _named(
    attributes: Mapping[str, Any], data: dict[str, Any], message: Message
) -> Incoming | Unfit | Unreadable:
    identity = _usable(attributes.get("id") or message.message_id)
    if not identity:
        words = f"Give it an id of 1 to {MAX_ID} characters: the header ce-id, or message_id."
        return Unfit("", "id_missing", words)
    if str(attributes.get("specversion") or "1.0") != "1.0":
        return Unfit(identity, "specversion", "Only CloudEvents 1.0 is understood.")
    kind = attributes.get("type")
    fact = FACTS.get(str(kind)) if kind else _BY_NAME.get(message.routing_key)
    if fact is None or fact not in _BY_NAME.values():
        types = ", ".join(each.event_type() for each in _BY_NAME.values())
        return Unfit(identity, "type_unknown", f"The type has to be one of {types}.")
    parent = attributes.get("traceparent") or message.headers.get("traceparent")
    known = isinstance(parent, str) and _TRACEPARENT.fullmatch(parent)
    return Incoming(identity, fact, data, parent if known else None)


def json_object(body: bytes) -> dict[str, Any]:
    """The one JSON object in a body; ValueError where there is none, or one with a doubled key.

    Which of two values counts differs from parser to parser, so neither does.
    """
    value = json.loads(body.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise DoubledKey(ascii(key[:60]))
        found[key] = value
    return found


def _no_number(text: str) -> None:
    """`NaN` and the like are no JSON (RFC 8259, section 6)."""
    raise ValueError(text)
