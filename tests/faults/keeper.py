"""Keeps the product's processes running, as Kubernetes would, and kills them, as nobody should.

A process that ends is started again at once. What it had begun is done again when the leases of its
jobs have lapsed, within two minutes. That waiting may be skipped: it changes nothing but the time,
since who held them is gone, or could not write what became of them.
"""

import os
import signal
import threading
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from typing import Self

import sqlalchemy as sa

from tenantlink_local import process, services
from tenantlink_local.process import Child
from tenantlink_local.stack import Stack
from tenantlink_runtime import crash
from tests.faults.progress import tell
from tests.support.waiting import eventually

LOOK_SECONDS = 0.1
START_SECONDS = 120.0
KINDS = tuple(f"{package} {kind}" for package, kind in services.PROCESSES)


class Keeper:
    """Watches in a thread of its own, from entering to leaving."""

    def __init__(self, stack: Stack, skip_leases: bool = True) -> None:
        self.stack = stack
        self.skip_leases = skip_leases
        self.ended: Counter[tuple[str, int | None]] = Counter()
        self.failure: BaseException | None = None
        self._origins = {c.name: c for c in stack.children if c.name in KINDS}
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._watch, name="keeper", daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()
        if self.failure is not None:
            raise self.failure

    def kill(self, kind: str) -> None:
        """`kill -9` of the process and all that it has started; back when another one is ready."""
        with self._lock:
            self._end(self.child(kind))
            self._start_again(kind)
        self.await_ready(kind)

    def crash_at(self, kind: str, place: str, times: int) -> None:
        """Replace a process by one that kills itself when it comes to a place for the n-th time."""
        prefix = kind.split()[0].upper()
        with self._lock:
            self.child(kind).stop()
            wanted = {crash.VARIABLE: f"{place}:{times}", f"{prefix}_ENVIRONMENT": "test"}
            self.replace(process.start_again(self._origins[kind], **wanted))
        self.await_ready(kind)

    def has_crashed(self, kind: str) -> bool:
        """Whether it has met a `kill -9` of its own."""
        return self.ended[kind, -signal.SIGKILL] > 0

    def await_ready(self, kind: str) -> None:
        """It answers on its internal port."""
        eventually(lambda: process.answers(self._health(kind)), START_SECONDS, f"{kind} ready")

    def let_leases_lapse(self, package: str) -> None:
        """As if two minutes had passed, if that is to be skipped."""
        engine = sa.create_engine(self.database_urls[package], poolclass=sa.NullPool)
        statement = "UPDATE jobs SET leased_until = now() WHERE leased_until > now()"
        if self.skip_leases:
            with suppress(sa.exc.OperationalError), engine.begin() as connection:
                connection.execute(sa.text(statement))  # without a database they lapse in time

    def child(self, name: str) -> Child:
        """The one of this name that runs now, or ran last."""
        return next(each for each in self.stack.children if each.name == name)

    def replace(self, child: Child) -> None:
        """It takes the place of the one with its name, and is stopped with the stack."""
        names = [each.name for each in self.stack.children]
        self.stack.children[names.index(child.name)] = child
        self.stack.save()

    @property
    def database_urls(self) -> Mapping[str, str]:
        """Each service's own database."""
        return {each: self._setting(each, "DATABASE_URL") for each in services.PACKAGES}

    @property
    def amqp_url(self) -> str:
        """The broker, as a user who may look at queues."""
        return self._setting("onboarding", "AMQP_URL")

    def _watch(self) -> None:
        while not self._stop.wait(LOOK_SECONDS):
            try:
                with self._lock:
                    for kind in KINDS:
                        if not self.child(kind).is_running():
                            self._start_again(kind)
            except BaseException as error:
                self.failure = error
                raise

    def _start_again(self, kind: str) -> None:
        child = self.child(kind)
        code = child.handle.returncode if child.handle else None
        self.ended[kind, code] += 1
        with suppress(ProcessLookupError):  # gunicorn's worker may outlive its master a moment
            os.killpg(child.pid, signal.SIGKILL)
        if kind.endswith("work"):
            self.let_leases_lapse(kind.split()[0])
        self.replace(process.start_again(self._origins[kind]))
        tell(f"{kind} has ended with {code}; it was started again")

    def _end(self, child: Child) -> None:
        with suppress(ProcessLookupError):  # it may have met its own end
            os.killpg(child.pid, signal.SIGKILL)
        eventually(lambda: not child.is_running(), what=f"the end of {child.name}")

    def _setting(self, package: str, name: str) -> str:
        return self._origins[f"{package} work"].environment[f"{package.upper()}_{name}"]

    def _health(self, kind: str) -> str:
        prefix = kind.split()[0].upper()
        port = self._origins[kind].environment[f"{prefix}_INTERNAL_PORT"]
        return f"http://127.0.0.1:{port}/health/ready"
