"""Each service's AsyncAPI 3.0 document, rendered from the contracts so that they always agree.

JSON is YAML, so the standard library writes it.
"""

import json
from typing import Any

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import FACTS, for_upstream, from_upstream, read_by
from tenantlink_contracts.fact import Fact


def rendered(service: str) -> str:
    """The text of `services/<service>/asyncapi.yaml`."""
    return json.dumps(document(service), indent=2) + "\n"


def document(service: str) -> dict[str, Any]:
    """What a service sends and receives, over which exchange and queue."""
    published = [fact for fact in FACTS.values() if _is_published(service, fact)]
    read = read_by(service)
    channels = {
        "published": _published_channel(service, published),
        "inbox": _queue_channel(f"{service}.inbox", read),
    }
    operations = {
        "publish": _operation("send", "published", published),
        "handle": _operation("receive", "inbox", read),
    }
    spoken = [*published, *read]
    if service == names.ONBOARDING:
        taken_in, answered = from_upstream(), for_upstream()
        channels["answers"] = _answers_channel(answered)
        channels["intake"] = _queue_channel(f"{service}.intake", taken_in)
        operations["answer"] = _operation("send", "answers", answered)
        operations["takeIn"] = _operation("receive", "intake", taken_in)
        spoken += [*taken_in, *answered]
    return {
        "asyncapi": "3.0.0",
        "info": {"title": service, "version": "0.1.0"},
        "defaultContentType": "application/json",
        "channels": channels,
        "operations": operations,
        "components": {"messages": {fact.event_name(): _message(fact) for fact in spoken}},
    }


def _is_published(service: str, fact: type[Fact]) -> bool:
    """What upstream systems alone read goes to their own queues, not to the service's exchange."""
    return service in fact.publishers and set(fact.readers) != {names.UPSTREAM}


def _published_channel(service: str, facts: list[type[Fact]]) -> dict[str, Any]:
    exchange = {"name": names.exchange(service), "type": "topic", "durable": True}
    return {
        "address": "{event}",
        "messages": _references(facts),
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange}},
    }


def _answers_channel(facts: list[type[Fact]]) -> dict[str, Any]:
    """The routing key is the upstream system's name."""
    exchange = {"name": f"{names.UPSTREAM}.answers", "type": "topic", "durable": True}
    return {
        "address": "{system}",
        "messages": _references(facts),
        "bindings": {"amqp": {"is": "routingKey", "exchange": exchange}},
    }


def _queue_channel(name: str, facts: list[type[Fact]]) -> dict[str, Any]:
    queue = {"name": name, "durable": True, "exclusive": False, "autoDelete": False}
    return {
        "address": name,
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
