"""A private RabbitMQ: own node, cookie, ports and data, on 127.0.0.1, management API included.

It starts with its administrator alone. Everything else comes from the product's own command, so
that all tests run on what a real installation gets, with the rights that it gets.
"""

import json
import os
import secrets
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenantlink_local import debian, ports, process
from tenantlink_runtime import broker_passwords

VHOST = "tenantlink"
ADMIN = "admin"
PORTS = ("amqp", "rabbit_management", "rabbit_dist", "epmd")


@dataclass(frozen=True)
class Broker:
    """A running node, and its administrator's password."""

    port: int
    management_port: int
    password: str

    @property
    def admin_url(self) -> str:
        """AMQP, as administrator."""
        return f"amqp://{ADMIN}:{self.password}@127.0.0.1:{self.port}/{VHOST}"

    @property
    def management_url(self) -> str:
        """The management API, as administrator."""
        return f"http://{ADMIN}:{self.password}@127.0.0.1:{self.management_port}"


def start(folder: Path, chosen: dict[str, int], started: process.Started) -> Broker:
    """Start it; users and topology are applied later. `chosen` needs `PORTS`."""
    folder.mkdir(parents=True, exist_ok=True)
    broker = Broker(chosen["amqp"], chosen["rabbit_management"], secrets.token_hex(16))
    _write_configuration(folder, broker)
    child = process.start(
        "RabbitMQ",
        [str(debian.RABBITMQ_BIN / "rabbitmq-server")],
        folder / "server.log",
        _environment(folder, chosen),
    )
    started(child)
    process.await_ready(child, lambda: _greets(broker.port), 60)
    return broker


def stop(child: process.Child, epmd_port: int) -> None:
    """Stop the node, then its epmd, which outlives it: ours alone, by its port."""
    child.stop()
    process.wait_until(lambda: _epmd_is_gone(epmd_port), 5)


def administrator(password: str) -> dict[str, Any]:
    """The one user that the node starts with; because of it there is no guest."""
    user = {"name": ADMIN, "tags": ["administrator"], **broker_passwords.hashed(password)}
    return {"users": [user]}


def _write_configuration(folder: Path, broker: Broker) -> None:
    users = folder / "definitions.json"
    users.touch(mode=0o600)
    users.write_text(json.dumps(administrator(broker.password)))
    (folder / "plugins").write_text("[rabbitmq_management].\n")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{broker.port}\n"
        "management.tcp.ip = 127.0.0.1\n"
        f"management.tcp.port = {broker.management_port}\n"
        f"load_definitions = {users}\n"
        "max_message_size = 131072\n"
        "log.console = true\nlog.console.level = warning\nlog.file = false\n"
    )


def _environment(folder: Path, chosen: dict[str, int]) -> dict[str, str]:
    cookie = folder / ".erlang.cookie"
    if not cookie.exists():
        cookie.write_text(secrets.token_hex(16))
        cookie.chmod(0o400)
    return process.environment(
        HOME=str(folder),
        RABBITMQ_NODENAME=f"tenantlink-{chosen['amqp']}@localhost",
        ERL_EPMD_PORT=str(chosen["epmd"]),
        ERL_EPMD_ADDRESS="127.0.0.1",
        RABBITMQ_DIST_PORT=str(chosen["rabbit_dist"]),
        RABBITMQ_CONFIG_FILE=str(folder / "rabbitmq.conf"),
        RABBITMQ_ENABLED_PLUGINS_FILE=str(folder / "plugins"),
        RABBITMQ_MNESIA_BASE=str(folder / "data"),
        RABBITMQ_LOG_BASE=str(folder),
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="-kernel inet_dist_use_interface {127,0,0,1}",
        LANG=os.environ.get("LANG", "C.UTF-8"),
    )


def _epmd_is_gone(port: int) -> bool:
    """Ask it to go; it refuses as long as it believes that a node lives."""
    environment = process.environment(ERL_EPMD_PORT=str(port), ERL_EPMD_ADDRESS="127.0.0.1")
    if not ports.is_free(port):
        subprocess.run(["epmd", "-kill"], env=environment, check=False, capture_output=True)
    return ports.is_free(port)


def _greets(port: int) -> bool:
    """Whether it speaks AMQP already, not only listens."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"AMQP\x00\x00\x09\x01")
            connection.settimeout(1)
            return bool(connection.recv(1))
    except OSError:
        return False
