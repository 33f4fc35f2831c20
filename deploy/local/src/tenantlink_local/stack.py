"""Starts the whole system in the right order and stops it again; says what it does."""

import json
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from tenantlink_local import certificates, folder, ports, process, servers, services
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
    upstream_urls: dict[str, str] = field(default_factory=dict, repr=False)  # has passwords
    _lock: Lock = field(default_factory=Lock, repr=False, compare=False)

    def started(self, child: process.Child) -> None:
        """One more, remembered at once: a run that is cut off can be cleaned up by `down`."""
        with self._lock:  # broker and database are started by two threads
            self.children.append(child)
            self.save()

    def save(self) -> None:
        """Remember it, so that another run can stop it."""
        children = [
            {
                "name": c.name,
                "pid": c.pid,
                "log": str(c.log),
                "born": c.born,
                "stop_signal": int(c.stop_signal),
            }
            for c in self.children
        ]
        saved = {"urls": self.urls, "ca": self.ca, "epmd_port": self.epmd_port}
        text = json.dumps({**saved, "children": children}, indent=1)
        unfinished = self.folder / f"{STATE}.part"
        unfinished.write_text(text)
        unfinished.rename(self.folder / STATE)

    @classmethod
    def load(cls, place: Path) -> "Stack | None":
        """What an earlier run has started, if any of it still runs."""
        path = place / STATE
        if not path.exists():
            return None
        saved: dict[str, Any] = json.loads(path.read_text())
        children = [process.Child(**{**c, "log": Path(c["log"])}) for c in saved.pop("children")]
        stack = cls(place, **saved, children=children)
        return stack if any(child.is_running() for child in children) else None

    def down(self) -> None:
        """Stop in the opposite order; the data goes, since keys and passwords are new each time."""
        product = [child for child in self.children if child.name not in servers.NAMES]
        with ThreadPoolExecutor() as pool:
            list(pool.map(lambda child: child.stop(), reversed(product)))
        servers.stop([c for c in self.children if c.name in servers.NAMES], self.epmd_port)
        folder.remove(self.folder)


def up(place: Path, usual_ports: bool = False, changes: Mapping[str, str] | None = None) -> Stack:
    """Start everything; on a failure what was started is stopped again.

    `changes` are settings of the services that differ, by the names of their variables.
    """
    folder.prepare(place)
    chosen = ports.choose(usual=usual_ports)
    with step("certificates"):
        pem = certificates.make(place / "tls")
    stack = Stack(place, {}, str(pem.ca), chosen["epmd"])
    try:
        _fill(stack, chosen, pem, changes or {})
    except BaseException:
        print("\nStopping what was started ...", flush=True)
        stack.down()
        raise
    stack.save()
    return stack


def _fill(
    stack: Stack,
    chosen: dict[str, int],
    pem: certificates.Certificates,
    changes: Mapping[str, str],
) -> None:
    with step("RabbitMQ with its topology, PostgreSQL"):
        running = servers.start(stack.folder, chosen, stack.started)
    around = Surroundings(stack.folder, chosen, pem, running, changes)
    services.write_keys(around)
    stack.urls = _urls(around)
    stack.upstream_urls = running.messaging.upstream_urls
    with step("Entra simulator and mailbox; migrations of four databases"):
        with ThreadPoolExecutor() as pool:
            migrated = pool.submit(_migrate, around)
            around.outside.start(stack.started)
        migrated.result()
    with step("four services, two of them with pages"):
        _start_services(around, stack.started)


def _urls(around: Surroundings) -> dict[str, str]:
    return {
        "console": around.console_url,
        "wizard": around.wizard_url,
        "mailbox": around.outside.mailbox_url,
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
            cwd="/",
        )
        if done.returncode:
            raise process.DidNotStart(f"{package} migrate failed:\n{done.stderr[-2000:]}")

    with ThreadPoolExecutor() as pool:
        list(pool.map(one, services.PACKAGES))


def _start_services(around: Surroundings, started: process.Started) -> None:
    children = {}
    for package, kind in services.PROCESSES:
        environment = services.environment(around, package, kind)
        log = around.folder / f"{package}-{kind}.log"
        command = [sys.executable, "-m", package, kind]
        child = process.start(f"{package} {kind}", command, log, environment)
        started(child)
        port = around.ports[f"{package}_{kind}"]
        children[f"http://127.0.0.1:{port}/health/ready"] = child
    for health, child in children.items():
        process.await_ready(child, _answering(health))


def _answering(url: str) -> Callable[[], bool]:
    return lambda: process.answers(url)


@contextmanager
def step(what: str) -> Iterator[None]:
    """Print what is being done, and then how long it took."""
    began = time.monotonic()
    print(f"  {what} ...", end="", flush=True)
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - began:.1f} s", flush=True)
