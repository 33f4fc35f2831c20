"""One run of one contender: queue filled, process started, watched, ended, checked."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from tests.benchmarks import checker
from tests.benchmarks.checker import ANSWERS, DEAD_LETTERS, Findings
from tests.benchmarks.contestants import Contender
from tests.benchmarks.settings import Settings
from tests.benchmarks.surroundings import Broker, Load, Surroundings
from tests.support.ports import free_port

ROOT = Path(__file__).parents[2]
LIMIT_SECONDS = 120.0
LOOK_EVERY = 0.01
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Usage:
    """Of a process so far: processor seconds; of the machine: seconds not idle, and all."""

    cpu: float
    busy: float
    total: float


@dataclass(frozen=True)
class Run:
    """`seconds` from the first committed effect until all effects are committed and all answers
    confirmed; `events` were handled meanwhile. `cpu` is the process' own, in seconds; `machine` the
    share of all cores that was busy; `peak` its largest resident memory in MiB."""

    contender: str
    events: int
    seconds: float
    cpu: float
    machine: float
    peak: float
    findings: Findings

    @property
    def rate(self) -> float:
        """Events per second."""
        return self.events / self.seconds

    @property
    def cpu_per_event(self) -> float:
        """Milliseconds."""
        return 1000 * self.cpu / self.events


def run(surroundings: Surroundings, broker: Broker, contender: Contender, events: int) -> Run:
    """Measure it once, on a database and queues of its own."""
    load = surroundings.load(events)
    with surroundings.database(load.template) as url, filled(broker, contender, load):
        surroundings.checkpoint()
        with process(surroundings, contender, url) as child:
            watched = _Watch(url, broker, child, events)
            measured = watched.until_done()
            watched.let_it_empty(contender.queue)
        findings = checker.check(url, broker, contender.queue, events)
    return Run(contender.name, findings=findings, **measured)


@contextmanager
def filled(broker: Broker, contender: Contender, load: Load) -> Iterator[None]:
    """Its queue with the load in it; emptied at the end, with that of the answers."""
    if contender.own_queue:
        broker.declare(contender.queue, "credential-validator.events", "DeviceAuthenticationFailed")
    for queue in (contender.queue, ANSWERS, DEAD_LETTERS):
        broker.purge(queue)
    try:
        broker.fill(contender.queue, load.messages)
        yield
    finally:
        broker.purge(ANSWERS)
        broker.purge(contender.queue)
        if contender.own_queue:
            broker.delete(contender.queue)


@contextmanager
def process(
    surroundings: Surroundings, contender: Contender, url: str
) -> "Iterator[subprocess.Popen[bytes]]":
    """Its process, ended at the end whatever happens."""
    servers = surroundings.servers
    as_admin = contender.own_queue is not None  # nameko declares its queue; ours may not
    amqp_url = servers.amqp_url if as_admin else servers.service_amqp_urls["onboarding"]
    settings = Settings(url, amqp_url, str(free_port()))
    child = subprocess.Popen(
        [sys.executable, "-m", contender.module],
        cwd=ROOT,
        env={**os.environ, **settings.environment()},
    )
    try:
        yield child
    finally:
        end(child)


def end(child: "subprocess.Popen[bytes]") -> None:
    """Politely, then not."""
    child.terminate()
    try:
        child.wait(25)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()


def usage(pid: int) -> Usage:
    """From /proc."""
    own = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    machine = [int(each) for each in Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    idle = machine[3] + machine[4]
    return Usage(
        (int(own[11]) + int(own[12])) / _TICKS,
        (sum(machine) - idle) / _TICKS,
        sum(machine) / _TICKS,
    )


def busy_share(before: Usage, after: Usage) -> float:
    """How much of all cores was busy between two looks, with everything that runs here."""
    return (after.busy - before.busy) / (after.total - before.total)


def memory(pid: int, field: str = "VmHWM") -> float:
    """Its peak (VmHWM) or present (VmRSS) resident memory in MiB."""
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(row.split()[1]) / 1024 for row in rows if row.startswith(field))


class _Watch:
    """Looks at database and broker from outside, rarely and cheaply."""

    def __init__(
        self, url: str, broker: Broker, child: "subprocess.Popen[bytes]", events: int
    ) -> None:
        self._engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
        self._broker = broker
        self._child = child
        self._events = events

    def until_done(self) -> dict[str, float | int]:
        """What there is to measure."""
        self._await(lambda: self._effects() > 0)
        began, before, seen = time.monotonic(), usage(self._child.pid), self._effects()
        self._await(lambda: self._broker.ready(ANSWERS) >= self._events)
        self._await(lambda: self._effects() == self._events and self._open_rows() == 0)
        seconds, after = time.monotonic() - began, usage(self._child.pid)
        return {
            "events": self._events - seen,
            "seconds": seconds,
            "cpu": after.cpu - before.cpu,
            "machine": busy_share(before, after),
            "peak": memory(self._child.pid),
        }

    def let_it_empty(self, queue: str) -> None:
        """The last repeated messages may still wait to be recognised."""
        self._await(lambda: self._broker.ready(queue) == 0)
        time.sleep(0.2)  # and the last acks may be on their way
        self._engine.dispose()

    def _effects(self) -> int:
        return self._scalar("SELECT count(*) FROM onboardings WHERE status <> 'invited'")

    def _open_rows(self) -> int:
        return self._scalar("SELECT count(*) FROM outbox")

    def _scalar(self, query: str) -> int:
        with self._engine.connect() as connection:
            return int(connection.execute(sa.text(query)).scalar_one())

    def _await(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + LIMIT_SECONDS
        while not condition():
            if self._child.poll() is not None:
                raise RuntimeError(f"the contender ended with {self._child.returncode}")
            if time.monotonic() > deadline:
                raise TimeoutError("the run took too long; nothing was measured")
            time.sleep(LOOK_EVERY)
