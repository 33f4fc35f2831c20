"""The broker's topology and who may do what there, declared once, derived from the contracts.

Exchanges one per publisher, one quorum queue per service, bound by event name; upstream systems
have one exchange to speak to, one intake queue behind it, and a queue each for their answers. What
nobody is bound to ends in `unrouted`. `tenantlink topology apply` puts it on a broker; services
declare nothing at start, so their broker users need no configure right. Only keys that RabbitMQ
3.10 to 4.3 all know.

The way to `unrouted` is a policy and no argument of the exchanges: a stock nameko service declares
the exchange it listens to, without arguments, and the broker refuses any difference.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import from_upstream, read_by
from tenantlink_runtime import broker_passwords

UNROUTED = "unrouted"
UPSTREAM_EXCHANGE = names.exchange(names.UPSTREAM)
ANSWERS_EXCHANGE = "upstream.answers"
INTAKE_QUEUE = f"{names.ONBOARDING}.intake"
UPSTREAM_EVENTS = tuple(sorted(fact.event_name() for fact in from_upstream()))
DELIVERY_LIMIT = 20
INTAKE_LIMIT = 10_000
_KEPT_LIMIT = 100_000
# RabbitMQ 4 drops what was returned 20 times where no limit is given; 3.10 knows no "never".
# What a person looks at in the queues below must not vanish by being looked at.
_LOOKED_AT_LIMIT = 1_000_000
# Above the default 0, so that somebody's policy for everything does not displace ours.
_POLICY_PRIORITY = 10
_SYSTEM = re.compile(r"[a-z][a-z0-9-]{0,62}")


class InvalidSystemName(ValueError):
    """An upstream system's name cannot be a broker user's here; the text says why."""


def inbox_queue(service: str) -> str:
    """The one queue a service reads."""
    return f"{service}.inbox"


def dead_letter_queue(service: str) -> str:
    """Where the broker puts a message that has killed its reader too often."""
    return f"{service}.dead-letters"


def answers_queue(system: str) -> str:
    """Where an upstream system reads its answers."""
    return f"upstream.{system}.answers"


def not_applied(queue: str) -> str:
    """What a service says whose queue is missing (404) or closed to its user (403)."""
    return (
        f"The queue {queue} is missing, or this broker user may not read it. "
        "Run: tenantlink topology apply"
    )


@dataclass(frozen=True)
class Exchange:
    """A durable exchange."""

    name: str
    type: str = "topic"


@dataclass(frozen=True)
class Queue:
    """A durable queue."""

    name: str
    arguments: dict[str, object] = field(default_factory=dict)


@dataclass(frozen=True, order=True)
class Binding:
    """Which events of which exchange reach which queue."""

    exchange: str
    queue: str
    routing_key: str


@dataclass(frozen=True)
class Topology:
    """All that has to exist before a service starts."""

    exchanges: tuple[Exchange, ...]
    queues: tuple[Queue, ...]
    bindings: tuple[Binding, ...]


@dataclass(frozen=True)
class TopicRights:
    """Which routing keys of one exchange a user may write and read, as regular expressions."""

    exchange: str
    write: str
    read: str


@dataclass(frozen=True)
class Rights:
    """What a broker user may do, as regular expressions over names of exchanges and queues."""

    user: str
    configure: str
    write: str
    read: str
    topics: tuple[TopicRights, ...] = ()


def declared(upstream_systems: Iterable[str] = ()) -> Topology:
    """The whole topology; InvalidSystemName for a name that cannot be one."""
    systems = _checked(upstream_systems)
    return Topology(
        exchanges=(
            Exchange(UNROUTED, "fanout"),
            *(Exchange(names.exchange(service)) for service in names.SERVICES),
            Exchange(UPSTREAM_EXCHANGE),
            Exchange(ANSWERS_EXCHANGE),
        ),
        queues=(
            _kept(UNROUTED, {"x-max-length": _KEPT_LIMIT}),
            *(_read_by_service(inbox_queue(each), each) for each in names.SERVICES),
            _intake(),
            *(_kept(dead_letter_queue(each)) for each in names.SERVICES),
            *(_answers(each) for each in systems),
        ),
        bindings=(
            Binding(UNROUTED, UNROUTED, ""),
            *_bindings_of_services(),
            *(Binding(UPSTREAM_EXCHANGE, INTAKE_QUEUE, each) for each in UPSTREAM_EVENTS),
            *(Binding(ANSWERS_EXCHANGE, answers_queue(each), each) for each in systems),
        ),
    )


def rights(upstream_systems: Iterable[str] = ()) -> tuple[Rights, ...]:
    """Every broker user with its rights: one per service, then one per upstream system."""
    systems = _checked(upstream_systems)
    return (*map(_rights_of_service, names.SERVICES), *map(_rights_of_system, systems))


def policies() -> list[dict[str, Any]]:
    """What is no argument of an exchange, and can be changed later."""
    return [
        {
            "name": UNROUTED,
            "pattern": r"(\.events|^upstream\.answers)$",
            "apply-to": "exchanges",
            "definition": {"alternate-exchange": UNROUTED},
            "priority": _POLICY_PRIORITY,
        }
    ]


def definitions(
    vhost: str, passwords: Mapping[str, str] | None, upstream_systems: Iterable[str] = ()
) -> dict[str, list[dict[str, Any]]]:
    """All of it as RabbitMQ's own definitions document, for a whole broker.

    Without passwords it holds no users: an import of a user without a password would give it an
    empty one. KeyError where a user's password is missing.
    """
    systems = _checked(upstream_systems)
    wanted, users = declared(systems), rights(systems)
    return {
        "vhosts": [{"name": vhost}],
        **({} if passwords is None else {"users": [_user(u.user, passwords) for u in users]}),
        "permissions": [{"vhost": vhost, **_permission(each)} for each in users],
        "topic_permissions": [
            {"vhost": vhost, "user": each.user, **asdict(topic)}
            for each in users
            for topic in each.topics
        ],
        "policies": [{"vhost": vhost, **each} for each in policies()],
        "exchanges": [{"vhost": vhost, **_exchange(each)} for each in wanted.exchanges],
        "queues": [{"vhost": vhost, **_queue(each)} for each in wanted.queues],
        "bindings": [{"vhost": vhost, **_binding(each)} for each in wanted.bindings],
    }


def _checked(systems: Iterable[str]) -> Sequence[str]:
    """Sorted, each once; a name becomes a user, a routing key and part of regular expressions."""
    found = sorted(set(systems))
    for name in found:
        if not _SYSTEM.fullmatch(name):
            raise InvalidSystemName(
                f"{name!r} cannot be an upstream system's name: 1 to 63 lower case letters, "
                "digits and hyphens, a letter first."
            )
        if name in names.SERVICES:
            raise InvalidSystemName(f"{name!r} is a service of Tenantlink itself.")
    return found


def _read_by_service(name: str, service: str, **more: object) -> Queue:
    """A queue whose messages end behind it when they have killed their reader too often."""
    arguments = {
        "x-queue-type": "quorum",
        "x-delivery-limit": DELIVERY_LIMIT,
        "x-dead-letter-exchange": "",
        "x-dead-letter-routing-key": dead_letter_queue(service),
    }
    return Queue(name, {**arguments, **more})


def _intake() -> Queue:
    """Bounded, and refusing what is over its limit: the sender is told and keeps its order."""
    limit = {"x-max-length": INTAKE_LIMIT, "x-overflow": "reject-publish"}
    return _read_by_service(INTAKE_QUEUE, names.ONBOARDING, **limit)


def _kept(name: str, more: Mapping[str, object] | None = None) -> Queue:
    """A queue that only people read."""
    arguments = {"x-queue-type": "quorum", "x-delivery-limit": _LOOKED_AT_LIMIT}
    return Queue(name, {**arguments, **(more or {})})


def _answers(system: str) -> Queue:
    """A system that never reads may neither fill the broker's disk nor hold up our relay: what is
    over the limit, the oldest first, goes to the watched queue."""
    return Queue(
        answers_queue(system),
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-max-length": _KEPT_LIMIT,
            "x-dead-letter-exchange": UNROUTED,
        },
    )


def _bindings_of_services() -> list[Binding]:
    return sorted(
        Binding(names.exchange(publisher), inbox_queue(service), fact.event_name())
        for service in names.SERVICES
        for fact in read_by(service)
        for publisher in fact.publishers
        if publisher in names.SERVICES
    )


def _rights_of_service(service: str) -> Rights:
    """Its own exchange and queue. No topic rights: bindings name the exchange, so another's event
    name on one's own exchange reaches nobody, while a refusal would hold up the relay."""
    write, read = [names.exchange(service)], [inbox_queue(service)]
    if service == names.ONBOARDING:
        write.append(ANSWERS_EXCHANGE)
        read.append(INTAKE_QUEUE)
    return Rights(service, configure="^$", write=_exactly(*write), read=_exactly(*read))


def _rights_of_system(system: str) -> Rights:
    """It may speak of nothing but what upstream systems speak of: a misspelt routing key is
    refused at once, where the sender sees it."""
    topics = TopicRights(UPSTREAM_EXCHANGE, write=_exactly(*UPSTREAM_EVENTS), read="^$")
    return Rights(
        system,
        configure="^$",
        write=_exactly(UPSTREAM_EXCHANGE),
        read=_exactly(answers_queue(system)),
        topics=(topics,),
    )


def _exactly(*allowed: str) -> str:
    """A regular expression for these names; RabbitMQ's search is not anchored by itself."""
    escaped = [each.replace(".", r"\.") for each in allowed]
    return f"^{escaped[0]}$" if len(escaped) == 1 else f"^({'|'.join(escaped)})$"


def _user(name: str, passwords: Mapping[str, str]) -> dict[str, Any]:
    return {"name": name, "tags": [], **broker_passwords.hashed(passwords[name])}


def _permission(each: Rights) -> dict[str, Any]:
    return {
        "user": each.user,
        "configure": each.configure,
        "write": each.write,
        "read": each.read,
    }


def _exchange(each: Exchange) -> dict[str, Any]:
    lasting = {"durable": True, "auto_delete": False, "internal": False}
    return {"name": each.name, "type": each.type, **lasting, "arguments": {}}


def _queue(each: Queue) -> dict[str, Any]:
    lasting = {"durable": True, "auto_delete": False}
    return {"name": each.name, **lasting, "arguments": each.arguments}


def _binding(each: Binding) -> dict[str, Any]:
    return {
        "source": each.exchange,
        "destination": each.queue,
        "destination_type": "queue",
        "routing_key": each.routing_key,
        "arguments": {},
    }
