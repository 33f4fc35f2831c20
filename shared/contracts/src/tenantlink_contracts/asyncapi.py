"""Each service's AsyncAPI 3.0 document, rendered from the contracts so that they always agree.

JSON is YAML, so the standard library writes it.
"""

import json
from typing import Any

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import FACTS, read_by
from tenantlink_contracts.fact import Fact


def rendered(service: str) -> str:
    """The text of `services/<service>/asyncapi.yaml`."""
    return json.dumps(document(service), indent=2) + "\n"


def document(service: str) -> dict[str, Any]:
    """What a service sends and receives, over which exchange and queue."""
    published = [fact for fact in FACTS.values() if service in fact.publishers]
    read = read_by(service)
    return {
        "asyncapi": "3.0.0",
        "info": {"title": service, "version": "0.1.0"},
        "defaultContentType": "application/json",
        "channels": {
            "published": _published_channel(service, published),
            "inbox": _inbox_channel(service, read),
        },
        "operations": {
            "publish": _operation("send", "published", published),
            "handle": _operation("receive", "inbox", read),
        },
        "components": {"messages": {f.event_name(): _message(f) for f in [*published, *read]}},
    }


def _published_channel(service: str, facts: list[type[Fact]]) -> dict[str, Any]:
    exchange = {"name": names.exchange(service), "type": "topic", "durable": True}
    return {
        "address": "{event}",
        "messages": _references(facts),
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange}},
    }


def _inbox_channel(service: str, facts: list[type[Fact]]) -> dict[str, Any]:
    queue = {"name": f"{service}.inbox", "durable": True, "exclusive": False, "autoDelete": False}
    return {
        "address": f"{service}.inbox",
        "messages": _references(facts),
        "bindings": {"amqp": {"is": "queue", "queue": queue}},
    }


def _operation(action: str, channel: str, facts: list[type[Fact]]) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{channel}"},
        "messages": [
            {"$ref": f"#/channels/{channel}/messages/{fact.event_name()}"} for fact in facts
        ],
    }


def _references(facts: list[type[Fact]]) -> dict[str, Any]:
    return {
        fact.event_name(): {"$ref": f"#/components/messages/{fact.event_name()}"} for fact in facts
    }


def _message(fact: type[Fact]) -> dict[str, Any]:
    schema = f"../../shared/contracts/schemas/{fact.event_type()}.schema.json"
    return {
        "name": fact.event_type(),
        "summary": (fact.__doc__ or "").strip().splitlines()[0],
        "payload": {"$ref": schema},
    }
