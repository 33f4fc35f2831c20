"""A private RabbitMQ: own node, cookie, ports and data, on 127.0.0.1, without management."""

import base64
import hashlib
import json
import os
import secrets
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tenantlink_contracts import names
from tenantlink_local import debian, ports, process
from tenantlink_runtime import topology

VHOST = "tenantlink"
ADMIN = "admin"


@dataclass(frozen=True)
class Broker:
    """A broker to use: `passwords` by user name."""

    port: int
    passwords: dict[str, str]

    def url(self, user: str) -> str:
        """The AMQP URL of a user."""
        return f"amqp://{user}:{self.passwords[user]}@127.0.0.1:{self.port}/{VHOST}"


def start(folder: Path, chosen: dict[str, int], started: process.Started) -> Broker:
    """Start it with its users; the topology is applied later."""
    folder.mkdir(parents=True, exist_ok=True)
    broker = Broker(chosen["amqp"], new_passwords())
    _write_configuration(folder, chosen, broker.passwords)
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


def new_passwords() -> dict[str, str]:
    """A random password for the administrator and for each service."""
    return {user: secrets.token_hex(16) for user in (ADMIN, *names.SERVICES)}


def definitions(passwords: dict[str, str]) -> dict[str, Any]:
    """Virtual host, users, rights and policies, as RabbitMQ loads them at start."""
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    rights = {ADMIN: everything} | {each: topology.permissions(each) for each in names.SERVICES}
    return {
        "vhosts": [{"name": VHOST}],
        "users": [
            {
                "name": user,
                "password_hash": password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for user, password in passwords.items()
        ],
        "permissions": [{"user": user, "vhost": VHOST, **rights[user]} for user in passwords],
        "policies": topology.policies(VHOST),
    }


def password_hash(password: str, salt: bytes | None = None) -> str:
    """RabbitMQ's salted SHA-256: base64 of the 32-bit salt and the digest."""
    salt = salt if salt is not None else secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _write_configuration(folder: Path, chosen: dict[str, int], passwords: dict[str, str]) -> None:
    users = folder / "definitions.json"
    users.touch(mode=0o600)
    users.write_text(json.dumps(definitions(passwords)))
    (folder / "plugins").write_text("[].\n")
    (folder / "rabbitmq.conf").write_text(
        f"listeners.tcp.1 = 127.0.0.1:{chosen['amqp']}\n"
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
