"""The broker's topology, declared once, derived from the contracts.

Exchanges one per publisher, one quorum queue per service, bound by event name; what nobody is
bound to ends in `unrouted`. Services declare nothing at start, so their broker users need no
configure right. Only keys that RabbitMQ 3.10 to 4.3 all know.

The way to `unrouted` is a policy and no argument of the exchanges: a stock nameko service declares
the exchange it listens to, without arguments, and the broker refuses any difference.
"""

from dataclasses import dataclass, field

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import FACTS, read_by

UNROUTED = "unrouted"
DELIVERY_LIMIT = 20
_UNROUTED_LIMIT = 100_000


def inbox_queue(service: str) -> str:
    """The one queue a service reads."""
    return f"{service}.inbox"


def dead_letter_queue(service: str) -> str:
    """Where the broker puts a message that has killed its reader too often."""
    return f"{service}.dead-letters"


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


def declared() -> Topology:
    """The whole topology."""
    return Topology(
        exchanges=(
            Exchange(UNROUTED, "fanout"),
            *(Exchange(names.exchange(service)) for service in names.SERVICES),
        ),
        queues=(
            Queue(UNROUTED, {"x-queue-type": "quorum", "x-max-length": _UNROUTED_LIMIT}),
            *(_inbox(service) for service in names.SERVICES),
            *(
                Queue(dead_letter_queue(service), {"x-queue-type": "quorum"})
                for service in names.SERVICES
            ),
        ),
        bindings=(Binding(UNROUTED, UNROUTED, ""), *_bindings()),
    )


def policies(vhost: str) -> list[dict[str, object]]:
    """What AMQP itself cannot declare, as the broker's definitions file has it."""
    return [
        {
            "vhost": vhost,
            "name": UNROUTED,
            "pattern": r"\.events$",
            "apply-to": "exchanges",
            "definition": {"alternate-exchange": UNROUTED},
            "priority": 0,
        }
    ]


def permissions(service: str) -> dict[str, str]:
    """A service's broker rights: nothing to configure, its own exchange, its own queue."""
    return {
        "configure": "^$",
        "write": f"^{service}\\.events$",
        "read": f"^{service}\\.inbox$",
    }


def _inbox(service: str) -> Queue:
    return Queue(
        inbox_queue(service),
        {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-dead-letter-exchange": "",
            "x-dead-letter-routing-key": dead_letter_queue(service),
        },
    )


def _bindings() -> list[Binding]:
    return sorted(
        Binding(names.exchange(publisher), inbox_queue(service), fact.event_name())
        for service in names.SERVICES
        for fact in read_by(service)
        for publisher in fact.publishers
        if fact.event_type() in FACTS
    )
