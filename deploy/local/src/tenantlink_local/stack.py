"""Starts the whole system in the right order and stops it again; says what it does."""

import json
import shutil
import ssl
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tenantlink_local import certificates, ports, process, rabbitmq, servers, services
from tenantlink_local.services import Surroundings

STATE = "state.json"


@dataclass
class Stack:
    """What is running: addresses for people, processes for `down`."""

    folder: Path
    urls: dict[str, str]
    ca: str
    epmd_port: int | None
    children: list[process.Child] = field(default_factory=list)

    def save(self) -> None:
        """Remember it, so that another run can stop it."""
        children = [
            {"name": c.name, "pid": c.pid, "log": str(c.log), "stop_signal": int(c.stop_signal)}
            for c in self.children
        ]
        saved = {"urls": self.urls, "ca": self.ca, "epmd_port": self.epmd_port}
        text = json.dumps({**saved, "children": children}, indent=1)
        (self.folder / STATE).write_text(text)

    @classmethod
    def load(cls, folder: Path) -> "Stack | None":
        """What an earlier run has started, if anything."""
        path = folder / STATE
        if not path.exists():
            return None
        saved: dict[str, Any] = json.loads(path.read_text())
        children = [process.Child(**{**c, "log": Path(c["log"])}) for c in saved.pop("children")]
        return cls(folder, **saved, children=children)

    def down(self) -> None:
        """Stop in the opposite order; the data goes, since keys and passwords are new each time."""
        product = [child for child in self.children if child.name not in ("RabbitMQ", "PostgreSQL")]
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda child: child.stop(), reversed(product)))
        for child in self.children:
            if child.name == "RabbitMQ" and self.epmd_port is not None:
                rabbitmq.stop(child, self.epmd_port)
            elif child not in product:
                child.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


def up(folder: Path) -> Stack:
    """Start everything; on a failure what was started is stopped again."""
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)
    chosen = ports.choose()
    with _step("certificates, keys, ports"):
        pem = certificates.make(folder / "tls")
    with _step("RabbitMQ with its topology, PostgreSQL"):
        running = servers.start(folder, chosen)
    around = Surroundings(folder, chosen, pem, running)
    stack = Stack(folder, _urls(around), str(pem.ca), running.epmd_port, list(running.children))
    try:
        services.write_keys(around)
        with _step("migrations of four databases"):
            _migrate(around)
        with _step("Entra simulator and mailbox"):
            stack.children += _simulators(around)
        with _step("four services, two of them with pages"):
            stack.children += _services(around)
    except BaseException:
        stack.down()
        raise
    stack.save()
    return stack


def _urls(around: Surroundings) -> dict[str, str]:
    return {
        "console": around.console_url,
        "wizard": around.wizard_url,
        "mailbox": around.mailbox_url,
        "identity provider": f"{around.entra_url}/operators",
        **{
            f"metrics of {name.replace('_', ' ')}": f"http://127.0.0.1:{port}/metrics"
            for name, port in around.ports.items()
            if name.endswith(("_work", "_web"))
        },
    }


def _migrate(around: Surroundings) -> None:
    def one(package: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", package, "migrate"],
            env=services.environment(around, package, "migrate"),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise process.DidNotStart(f"{package} migrate failed:\n{done.stderr[-2000:]}")

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, services.PACKAGES))


def _simulators(around: Surroundings) -> list[process.Child]:
    tls = ["--certificate", str(around.certificates.certificate)]
    tls += ["--key", str(around.certificates.key)]
    entra = ["--port", str(around.ports["entra"]), "--client-id", services.CLIENT_ID]
    entra += ["--client-secret-file", str(around.client_secret_file)]
    entra += ["--redirect-uri", f"{around.console_url}/auth/callback"]
    mailbox = ["--folder", str(around.folder / "mails")]
    mailbox += ["--smtp-port", str(around.ports["smtp"])]
    mailbox += ["--page-port", str(around.ports["mailbox"])]
    children = [
        _python(around, "entra", ["tenantlink_local.entra.server", *entra, *tls]),
        _python(around, "mailbox", ["tenantlink_local.mailbox", *mailbox, *tls]),
    ]
    ca = str(around.certificates.ca)
    process.await_ready(children[0], lambda: _answers_tls(f"{around.entra_url}/health", ca))
    process.await_ready(children[1], lambda: process.answers(around.mailbox_url))
    return children


def _services(around: Surroundings) -> list[process.Child]:
    kinds = [(package, "work") for package in services.PACKAGES]
    kinds += [(package, "web") for package in services.WITH_PAGES]
    children = []
    for package, kind in kinds:
        environment = services.environment(around, package, kind)
        log = around.folder / f"{package}-{kind}.log"
        command = [sys.executable, "-m", package, kind]
        children.append(process.start(f"{package} {kind}", command, log, environment))
    for (package, kind), child in zip(kinds, children, strict=True):
        health = f"http://127.0.0.1:{around.ports[f'{package}_{kind}']}/health/ready"
        process.await_ready(child, lambda url=health: process.answers(url))  # type: ignore[misc]
    return children


def _python(around: Surroundings, name: str, arguments: list[str]) -> process.Child:
    command = [sys.executable, "-m", *arguments]
    return process.start(name, command, around.folder / f"{name}.log", process.environment())


def _answers_tls(url: str, ca: str) -> bool:
    try:
        context = ssl.create_default_context(cafile=ca)
        with urllib.request.urlopen(url, timeout=2, context=context):  # noqa: S310  our own URL
            return True
    except OSError:
        return False


@contextmanager
def _step(what: str) -> Iterator[None]:
    started = time.monotonic()
    print(f"  {what} ...", end="", flush=True)
    yield
    print(f" {time.monotonic() - started:.1f} s", flush=True)
