"""RabbitMQ's management HTTP API, as far as the topology needs it.

AMQP can declare neither users nor rights nor policies, and tells of a difference by closing the
channel at the first one; this API does all of it and lets us read back what is there.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote, urlsplit

import requests

CONNECT_SECONDS = 5.0
ANSWER_SECONDS = 60.0  # an import waits until each quorum queue has its leader
_READ = {"disable_stats": "true", "columns": "name,policy"}


class BrokerUnreachable(Exception):
    """No answer, or a passing failure of the broker's; again later may help."""


class BrokerRefused(Exception):
    """The broker or what stands there will not do it; the text says what to do."""


@dataclass(frozen=True)
class Found:
    """What a broker holds of one virtual host, and all of its users.

    `document` is in the form of RabbitMQ's definitions; the other two say which policy rules a
    name, as the broker itself has worked it out.
    """

    document: dict[str, list[dict[str, Any]]]
    policy_of_exchange: dict[str, str]
    policy_of_queue: dict[str, str]


class Management:
    """One broker's management API, as one administrator."""

    def __init__(self, url: str, password: str | None = None, ca_file: Path | None = None) -> None:
        """`url` is http(s)://USER:PASSWORD@HOST:PORT; a password given apart is used instead."""
        parts = urlsplit(url)
        secret = password if password is not None else unquote(parts.password or "")
        if parts.scheme not in ("http", "https") or not (parts.hostname and parts.username):
            raise BrokerRefused(
                "The management URL has to read http://USER:PASSWORD@HOST:15672 (or https)."
            )
        self.user = unquote(parts.username)
        self._base = f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/')}"
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy of the environment sees the password
        self._session.auth = (self.user, secret)
        if ca_file is not None:
            if not ca_file.is_file():
                raise BrokerRefused(f"The CA file {ca_file} is not there.")
            self._session.verify = str(ca_file)

    def read(self, vhost: str) -> Found:
        """What is there now; BrokerRefused for one who is no administrator."""
        if "administrator" not in self._get("whoami")["tags"]:
            raise BrokerRefused(
                f"The broker's user {self.user} is no administrator. "
                f"Run there: rabbitmqctl set_user_tags {self.user} administrator"
            )
        users = self._get("users")
        if self._get("vhosts", vhost, missing={}) == {}:
            return Found({"vhosts": [], "users": users}, {}, {})
        document = {
            **self._get("definitions", vhost),
            "vhosts": [{"name": vhost}],
            "users": users,
            "permissions": self._get("vhosts", vhost, "permissions"),
            "topic_permissions": self._get("vhosts", vhost, "topic-permissions"),
        }
        return Found(document, self._policies("exchanges", vhost), self._policies("queues", vhost))

    def put(self, *path: str, body: dict[str, Any]) -> None:
        """Create or replace one thing."""
        self._ask("PUT", path, body=body)

    def load(self, vhost: str, document: dict[str, list[dict[str, Any]]]) -> None:
        """Add definitions to a virtual host; the broker leaves what exists already as it is."""
        self._ask("POST", ("definitions", vhost), body=document)

    def _policies(self, kind: str, vhost: str) -> dict[str, str]:
        answer = self._ask("GET", (kind, vhost), query=_READ).json()
        return {each["name"]: each["policy"] for each in answer if each.get("policy")}

    def _get(self, *path: str, missing: Any = None) -> Any:
        answer = self._ask("GET", path, absent_is_fine=missing is not None)
        return missing if answer.status_code == requests.codes.not_found else answer.json()

    def _ask(
        self,
        method: str,
        path: tuple[str, ...],
        *,
        body: dict[str, Any] | None = None,
        query: dict[str, str] | None = None,
        absent_is_fine: bool = False,
    ) -> requests.Response:
        url = "/".join((self._base, "api", *(quote(each, safe="") for each in path)))
        try:
            answer = self._session.request(
                method,
                url,
                json=body,
                params=query,
                timeout=(CONNECT_SECONDS, ANSWER_SECONDS),
                allow_redirects=False,
            )
        except requests.RequestException as error:
            raise BrokerUnreachable(
                f"No answer from {self._base}: {type(error).__name__}. Is it the address of the "
                "management API (usually port 15672, or 15671 with TLS), and is the plugin on? "
                "Run there: rabbitmq-plugins enable rabbitmq_management"
            ) from error
        if absent_is_fine and answer.status_code == requests.codes.not_found:
            return answer
        _check(answer, f"{method} {url}")
        return answer


def _check(answer: requests.Response, what: str) -> None:
    """Success in JSON, or nothing at all, is what this API answers."""
    status = answer.status_code
    if status in (requests.codes.unauthorized, requests.codes.forbidden):
        raise BrokerRefused(
            f"{what} was refused ({status}): wrong user or password, or no administrator."
        )
    if status >= requests.codes.internal_server_error:
        raise BrokerUnreachable(f"{what} failed with {status}: {answer.text[:300]}")
    json = "json" in answer.headers.get("content-type", "json")
    if not answer.ok or answer.is_redirect or not (json or not answer.content):
        raise BrokerRefused(f"{what} was answered with {status}: {answer.text[:300]}")
