"""Another way in: an upstream system orders by an event, and is sure once that is confirmed."""

import json
from dataclasses import dataclass
from pathlib import Path

import kombu
from amqp.exceptions import AMQPError

from tenantlink_local.demo import DidNotComeTrue
from tenantlink_runtime import broker_passwords
from tenantlink_runtime.topology import UPSTREAM_EXCHANGE

SYSTEM = "crm"
SECONDS = 10.0
_CUSTOMER = {"external_id": "crm-contoso", "name": "Contoso of the CRM", "domains": []}


@dataclass(frozen=True)
class Upstream:
    """The system `crm` with its own broker user; the same order again gets no second service."""

    amqp_url: str

    @classmethod
    def of(cls, stack: Path, any_user: str) -> "Upstream":
        """On the broker of a stack's folder, of which `any_user` is the URL of somebody else."""
        password = broker_passwords.read(stack / "rabbitmq" / "passwords.json")[SYSTEM]
        place = any_user.rpartition("@")[2]
        return cls(f"amqp://{SYSTEM}:{password}@{place}")

    def order(self, short_name: str, email: str) -> bool:
        """Whether the broker has confirmed it; DidNotComeTrue where it is away or takes nothing."""
        options = {"confirm_publish": True, "read_timeout": SECONDS, "write_timeout": SECONDS}
        try:
            with kombu.Connection(
                self.amqp_url, connect_timeout=SECONDS, transport_options=options
            ) as connection:
                self._publish(kombu.Producer(connection), short_name, email)
        except (OSError, AMQPError) as error:
            raise DidNotComeTrue(f"the broker has not taken {short_name}: {error!r}") from error
        return True

    def _publish(self, producer: kombu.Producer, short_name: str, email: str) -> None:
        producer.publish(
            json.dumps(_document(short_name, email)).encode(),
            exchange=UPSTREAM_EXCHANGE,
            routing_key="ServiceRequested",
            content_type="application/json",
            content_encoding="utf-8",
            delivery_mode=2,
            message_id=short_name,
            user_id=SYSTEM,
            mandatory=True,
        )


def _document(short_name: str, email: str) -> dict[str, object]:
    return {
        "reference": short_name,
        "customer": _CUSTOMER,
        "service_type": "Direct Routing",
        "short_name": short_name,
        "full_name": f"Ordered by the CRM {short_name}",
        "license": "Hosted Pro",
        "licensed_users": 50,
        "invitation": {"email": email, "language": "en", "valid_days": 14},
    }
