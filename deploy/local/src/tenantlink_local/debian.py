"""Puts the servers on this machine, from Debian's packages, without starting them.

Everything that is changed for the time of the installation is put back, whatever happens.
"""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

RABBITMQ_BIN = Path("/usr/lib/rabbitmq/bin")
POSTGRESQL_LIB = Path("/usr/lib/postgresql")
_POLICY = "usr/sbin/policy-rc.d"
_CLUSTER_CONFIGURATION = "etc/postgresql-common/createcluster.conf"


class ServersMissing(Exception):
    """A server is missing and cannot be installed; the text says what to do."""


def postgresql_bin(root: Path = Path("/")) -> Path | None:
    """The folder of the newest installed PostgreSQL server."""
    lib = root / POSTGRESQL_LIB.relative_to("/")
    found = sorted(lib.glob("[0-9]*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    return found[-1].parent if found else None


def missing_packages(root: Path = Path("/")) -> list[str]:
    """Debian packages of servers that are not here and not given by a URL."""
    broker = root / RABBITMQ_BIN.relative_to("/") / "rabbitmq-server"
    erlang = root / "usr/lib/erlang"
    missing = []
    if not (broker.exists() and erlang.exists()) and "TENANTLINK_AMQP_URL" not in os.environ:
        missing.append("rabbitmq-server")
    if postgresql_bin(root) is None and "TENANTLINK_POSTGRES_URL" not in os.environ:
        missing.append("postgresql")
    return missing


def install(root: Path = Path("/"), apt: str = "apt-get") -> None:
    """Install what is missing; ServersMissing where we may not, or where apt fails."""
    missing = missing_packages(root)
    if not missing:
        return
    command = f"{apt} install -y --no-install-recommends {' '.join(missing)}"
    if os.geteuid() != 0 or shutil.which(apt) is None:
        raise ServersMissing(
            f"Missing: {', '.join(missing)}. Have root run: {apt} update && {command}"
        )
    print(f"Installing {', '.join(missing)} (their services are not started) ...", flush=True)
    with ExitStack() as for_now:
        for_now.enter_context(_file_for_now(root / _POLICY, "#!/bin/sh\nexit 101\n", 0o755))
        _run([apt, "update", "-qq"])
        if "postgresql" in missing:
            # This package owns the file that says whether a cluster is made at once.
            _run([apt, "install", "-y", "-qq", "--no-install-recommends", "postgresql-common"])
            path = root / _CLUSTER_CONFIGURATION
            for_now.enter_context(_file_for_now(path, "create_main_cluster = false\n", 0o644))
        _run([*command.split(), "-qq"])
    if missing_packages(root):
        raise ServersMissing(f"apt has installed {', '.join(missing)}, but it is not here.")


def _run(command: list[str]) -> None:
    """Run apt to its end, even when we are interrupted: dpkg must not outlive the policy."""
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    apt = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    try:
        code = apt.wait()
    except BaseException:
        apt.wait()
        raise
    if code:
        raise ServersMissing(f"{' '.join(command)} failed with exit code {code}; see above.")


@contextmanager
def _file_for_now(path: Path, text: str, mode: int) -> Iterator[None]:
    """Another text in a file, and the old one again, or none, at the end."""
    before = (path.read_bytes(), path.stat().st_mode) if path.exists() else None
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.write_text(text)
        path.chmod(mode)
        yield
    finally:
        if before is None:
            path.unlink(missing_ok=True)
        else:
            path.write_bytes(before[0])
            path.chmod(before[1] & 0o7777)
