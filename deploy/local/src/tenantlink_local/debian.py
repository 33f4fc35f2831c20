"""Puts the servers on this machine, from Debian's packages, without starting them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RABBITMQ_BIN = Path("/usr/lib/rabbitmq/bin")
POSTGRESQL_LIB = Path("/usr/lib/postgresql")
POLICY = Path("/usr/sbin/policy-rc.d")


class ServersMissing(Exception):
    """A server is missing and cannot be installed; the text says what to do."""


def postgresql_bin() -> Path | None:
    """The folder of the newest installed PostgreSQL server."""
    found = sorted(POSTGRESQL_LIB.glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def missing_packages() -> list[str]:
    """Debian packages of servers that are not here and not given by a URL."""
    missing = []
    if not (RABBITMQ_BIN / "rabbitmq-server").exists() and "TENANTLINK_AMQP_URL" not in os.environ:
        missing.append("rabbitmq-server")
    if postgresql_bin() is None and "TENANTLINK_POSTGRES_URL" not in os.environ:
        missing.append("postgresql")
    return missing


def install() -> None:
    """Install what is missing; ServersMissing where we may not."""
    missing = missing_packages()
    if not missing:
        return
    command = f"apt-get install --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise ServersMissing(f"Missing: {', '.join(missing)}. Have root run: {command}")
    print(f"Installing {', '.join(missing)} (their services are not started) ...", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    with _services_not_started():
        for step in (["apt-get", "update", "-qq"], [*command.split(), "-y", "-qq"]):
            subprocess.run(step, check=True, env=environment, stdout=subprocess.DEVNULL)


@contextmanager
def _services_not_started() -> Iterator[None]:
    """While packages are installed, a policy tells their scripts not to start services."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text("#!/bin/sh\nexit 101\n")
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
