"""Resident memory of our process over 100,000 events: it has to stay flat."""

import time
from typing import Any

from tests.benchmarks import checker, running
from tests.benchmarks.checker import ANSWERS
from tests.benchmarks.contestants import OURS
from tests.benchmarks.report import MEMORY_LIMIT, Goal
from tests.benchmarks.surroundings import Broker, Surroundings

EVENTS = 100_000
EVERY = 10_000
LIMIT_SECONDS = 600.0
GROWTH_LIMIT = 5.0


def measure(surroundings: Surroundings, broker: Broker, events: int = EVENTS) -> dict[str, Any]:
    """Print MiB every 10,000 answers; flat is what grows by less than 5 MiB after the first."""
    print(f"filling a queue with {events} events ...", flush=True)
    load = surroundings.load(events)
    with (
        surroundings.database(load.template) as url,
        running.filled(broker, OURS, load),
    ):
        with running.process(surroundings, OURS, url) as child:
            seen = _watch(broker, child.pid, events)
        findings = checker.check(url, broker, OURS.queue, events)
    goals = _goals(seen)
    print("what the checker saw:", ", ".join(findings.faults()) or "nothing amiss")
    print(*(goal.line() for goal in goals), sep="\n")
    return {"mebibytes": seen, "goals": goals, "faulty": findings.faults()}


def _watch(broker: Broker, pid: int, events: int) -> dict[int, float]:
    seen: dict[int, float] = {}
    deadline = time.monotonic() + LIMIT_SECONDS
    for step in range(EVERY, events + 1, EVERY):
        while broker.ready(ANSWERS) < step or (step == events and broker.ready(OURS.queue)):
            if time.monotonic() > deadline:
                raise TimeoutError(f"only {step - EVERY} events were handled in time")
            time.sleep(0.05)
        seen[step] = running.memory(pid, "VmRSS")
        print(f"  after {step:7} events {seen[step]:6.1f} MiB", flush=True)
    time.sleep(1)  # the last acks and the relay's last delete
    return seen


def _goals(seen: dict[int, float]) -> list[Goal]:
    largest, growth = max(seen.values()), seen[max(seen)] - seen[min(seen)]
    return [
        Goal(
            "resident memory",
            f"under {MEMORY_LIMIT:.0f} MiB",
            f"{largest:.0f} MiB",
            largest < MEMORY_LIMIT,
        ),
        Goal(
            f"growth from {min(seen)} to {max(seen)} events",
            f"under {GROWTH_LIMIT:.0f} MiB",
            f"{growth:.1f} MiB",
            growth < GROWTH_LIMIT,
        ),
    ]
