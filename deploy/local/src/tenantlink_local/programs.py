"""Two programs that order services, as their own developers would write them.

They use the documents of the API and of the upstream exchange, and nothing of the product's code.
"""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import kombu
import requests

from tenantlink_local.demo import DidNotComeTrue

Document = dict[str, Any]
PATIENCE_SECONDS = 120.0  # a mail server that puts off a mail is asked again after half a minute
_PAUSE_SECONDS = 0.5


@dataclass
class OrderPortal:
    """The customers' portal, which speaks to the API with a token of its own."""

    console: str
    provider: str
    ca: str
    name: str = "order-portal"

    def __post_init__(self) -> None:
        self._session = requests.Session()
        self._session.trust_env = False

    def __enter__(self) -> "OrderPortal":
        return self

    def __exit__(self, *_: object) -> None:
        self._session.close()

    def log_in(self) -> None:
        """Client credentials (RFC 6749, section 4.4)."""
        answer = self._session.post(
            f"{self.provider}/token",
            data={"grant_type": "client_credentials", "resource": f"{self.console}/api"},
            auth=(self.name, f"{self.name}-local-secret"),
            verify=self.ca,
            timeout=30,
        )
        answer.raise_for_status()
        self._session.headers["Authorization"] = f"Bearer {answer.json()['access_token']}"

    def order(self, document: Document) -> Document:
        """The service as the API answers it, once it is ordered."""
        answer = self._call("POST", "/services", document, {"Idempotency-Key": str(uuid.uuid4())})
        return _object(answer)

    def service(self, identity: str) -> Document:
        """How it stands with a service."""
        return _object(self._call("GET", f"/services/{identity}"))

    def service_named(self, short_name: str) -> Document:
        """Found by its short name, whoever has ordered it."""
        page = _object(self._call("GET", f"/services?q={short_name}"))
        for each in page["services"]:
            if each["short_name"] == short_name:
                return dict(each)
        raise DidNotComeTrue(f"the API knows no service {short_name}")

    def timeline(self, identity: str) -> list[Document]:
        """Everything that happened to a service, oldest first."""
        return list(_object(self._call("GET", f"/services/{identity}/timeline"))["entries"])

    def act(self, identity: str, action: str, fields: Document | None = None) -> None:
        """Upon the service as it is now; `If-Match` says as what it was seen."""
        seen = self._call("GET", f"/services/{identity}")
        tag = {"If-Match": seen.headers["ETag"]}
        self._call("POST", f"/services/{identity}/{action}", fields or {}, tag)

    def wait_for(self, identity: str, what: str, is_so: Callable[[Document], bool]) -> Document:
        """Ask again, not too often, until it is so."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not is_so(seen := self.service(identity)):
            if time.monotonic() > deadline:
                where = f"it is in the state {seen['state']}: {seen['state_words']}"
                raise DidNotComeTrue(f"{what} did not come true; {where}")
            time.sleep(_PAUSE_SECONDS)
        return seen

    def _call(
        self,
        method: str,
        path: str,
        document: Document | None = None,
        headers: dict[str, str] | None = None,
    ) -> requests.Response:
        url = f"{self.console}/api/v1{path}"
        answer = self._session.request(method, url, json=document, headers=headers, timeout=30)
        if not answer.ok:
            raise DidNotComeTrue(f"{method} {path}: {answer.status_code} {answer.text[:1000]}")
        return answer


@dataclass
class Crm:
    """A system that publishes its orders as plain JSON, and reads its answers from its queue."""

    amqp_url: str
    system: str = "crm"
    _heard: list[tuple[str, Document]] = field(default_factory=list)

    def check_user(self) -> None:
        """The broker vouches for who orders, so nobody else's user will do."""
        user = urlsplit(self.amqp_url).username
        if user != self.system:
            raise DidNotComeTrue(
                f"{self.system} has to connect to the broker as {self.system}, not as {user}. "
                "Set TENANTLINK_MANAGEMENT_URL too, so that the broker gets its user."
            )

    def order(self, document: Document) -> None:
        """Publish, and wait until the broker has confirmed it."""
        with self._connection() as connection:
            kombu.Producer(connection).publish(
                json.dumps(document).encode(),
                exchange="upstream.events",
                routing_key="ServiceRequested",
                content_type="application/json",
                content_encoding="utf-8",
                delivery_mode=2,
                message_id=str(uuid.uuid4()),
                user_id=self.system,
                mandatory=True,
            )

    def answer(self, name: str, reference: str) -> Document:
        """The answer of this name about an order; a refusal of it is a failure."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := self._take(name, reference)) is None:
            refused = self._take("ServiceRejected", reference)
            if refused is not None:
                raise DidNotComeTrue(f"the order was refused: {refused.get('reasons')}")
            if time.monotonic() > deadline:
                others = [each for each, _ in self._heard]
                raise DidNotComeTrue(f"no {name} came to {self.queue}, but {others}")
            time.sleep(_PAUSE_SECONDS)
            self._read()
        return found

    @property
    def queue(self) -> str:
        """Which only this system may read."""
        return f"upstream.{self.system}.answers"

    def _take(self, name: str, reference: str) -> Document | None:
        for heard in self._heard:
            if heard[0] == name and heard[1].get("reference") == reference:
                self._heard.remove(heard)
                return heard[1]
        return None

    def _read(self) -> None:
        with self._connection() as connection:
            channel = connection.channel()
            while message := channel.basic_get(self.queue, no_ack=True):
                kind = str(message.headers["ce-type"]).split(".")[1]
                self._heard.append((kind, json.loads(message.body)))

    @contextmanager
    def _connection(self) -> Iterator[kombu.Connection]:
        options = {"confirm_publish": True}
        with kombu.Connection(
            self.amqp_url, connect_timeout=10, transport_options=options
        ) as connection:
            yield connection


def _object(answer: requests.Response) -> Document:
    return dict(answer.json())
