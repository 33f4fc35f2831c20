"""A virtual host of the tests' broker, empty at first, and the command that fills it."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import requests
from click.testing import Result
from typer.testing import CliRunner

from tenantlink_cli.main import app
from tests.support.servers import TestServers


def run(*arguments: str, **environment: str) -> Result:
    """The `tenantlink` command, in a wide terminal."""
    return CliRunner().invoke(app, arguments, env={"COLUMNS": "200", **environment})


def passwords_of(servers: TestServers) -> dict[str, str]:
    """Of all users that the tests' broker has."""
    urls = {**servers.service_amqp_urls, **servers.upstream_amqp_urls}
    return {user: urlsplit(url).password or "" for user, url in urls.items()}


@dataclass(frozen=True)
class Vhost:
    """A virtual host, and the broker's management API for what a test does behind our back."""

    name: str
    management_url: str

    def apply(self, *options: str) -> Result:
        """`tenantlink topology apply`."""
        url = {"TENANTLINK_MANAGEMENT_URL": self.management_url}
        return run("topology", "apply", "--vhost", self.name, *options, **url)

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        """The API itself; `{}` in the path becomes the virtual host."""
        url = f"{self.management_url}/api/{path.replace('{}', self.name)}"
        answer = requests.request(method, url, json=body, timeout=30)
        answer.raise_for_status()
        return answer.json() if answer.content else None

    def has(self, path: str) -> bool:
        """Whether there is such a thing."""
        url = f"{self.management_url}/api/{path.replace('{}', self.name)}"
        return requests.get(url, timeout=30).ok
