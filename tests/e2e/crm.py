"""An upstream system as its own developers would write it: an AMQP client and nothing of ours."""

import json
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import kombu
from amqp.exceptions import AccessRefused

from tenantlink_local.stack import Stack
from tests.support import clear_text
from tests.support.waiting import eventually

EXCHANGE = "upstream.events"
ORDER = "ServiceRequested"
TYPE = "tenantlink.ServiceRequested.v1"


@dataclass
class Crm:
    """The system `crm`, with its own broker user and its own queue of answers."""

    url: str
    system: str = "crm"
    heard: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    @classmethod
    def of(cls, stack: Stack, system: str = "crm") -> "Crm":
        """On the broker of a stack."""
        work = next(c for c in clear_text.children(stack) if c.name == "notifier work")
        place = clear_text.environment(work)["NOTIFIER_AMQP_URL"].rpartition("@")[2]
        passwords = json.loads((Path(stack.folder) / "rabbitmq" / "passwords.json").read_text())
        return cls(f"amqp://{system}:{passwords[system]}@{place}", system)

    def order(self, document: dict[str, Any]) -> None:
        """Order in plain JSON."""
        self.send(json.dumps(document).encode(), message_id=str(uuid.uuid4()))

    def send(
        self,
        body: bytes,
        *,
        routing_key: str = ORDER,
        content_type: str = "application/json",
        exchange: str = EXCHANGE,
        **properties: Any,
    ) -> None:
        """Publish and wait for the broker's confirmation."""
        with self._connection() as connection:
            kombu.Producer(connection).publish(
                body,
                exchange=exchange,
                routing_key=routing_key,
                content_type=content_type,
                content_encoding="utf-8",
                delivery_mode=2,
                **{"user_id": self.system, **properties},
            )

    def answer(self, name: str, reference: str, seconds: float = 60.0) -> dict[str, Any]:
        """The next answer of this name about an order; those about others are kept."""
        found = eventually(lambda: self._found(name, reference), seconds, f"{name} {reference}")
        return found or {}

    def may(self, act: Callable[[Any], object]) -> bool:
        """Whether the broker lets this user do something on a channel."""
        try:
            with self._connection() as connection:
                act(connection.channel())
        except AccessRefused:
            return False
        return True

    def _found(self, name: str, reference: str) -> dict[str, Any] | None:
        self._read()
        for heard in self.heard:
            if heard[0] == name and heard[1].get("reference") == reference:
                self.heard.remove(heard)
                return heard[1]
        return None

    def _read(self) -> None:
        with self._connection() as connection:
            channel = connection.channel()
            while message := channel.basic_get(f"upstream.{self.system}.answers", no_ack=True):
                kind = str(message.headers["ce-type"]).split(".")[1]
                self.heard.append((kind, json.loads(message.body)))

    @contextmanager
    def _connection(self) -> Iterator[kombu.Connection]:
        options = {"confirm_publish": True}
        with kombu.Connection(self.url, connect_timeout=10, transport_options=options) as open_one:
            yield open_one


def order_document(**changes: Any) -> dict[str, Any]:
    """An order that keeps all rules, with a name of its own; None takes a member out."""
    name = f"crm-{uuid.uuid4().hex[:8]}"
    document: dict[str, Any] = {
        "reference": f"ORDER-{name}",
        "customer": {"external_id": "crm-17", "name": "Contoso", "domains": ["contoso.example"]},
        "service_type": "Direct Routing",
        "short_name": name,
        "full_name": f"Voice of {name}",
        "license": "Hosted Pro",
        "licensed_users": 50,
        "invitation": {"email": f"it.{name}@contoso.example"},
        **changes,
    }
    return {key: value for key, value in document.items() if value is not None}
