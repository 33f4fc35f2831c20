"""Durable events per second of one process, ours and others': `make bench`.

Every contender does the same piece of work (`case.py`) for every event, safely: the effect exactly
once in the database, the answer on the broker's disk. Its queue is filled first; a run lasts from
the first committed effect until all effects are committed and all answers confirmed. Contenders
take turns, so that what else the machine does harms all alike; a checker looks at what each run has
left. Broker, database and process share the machine. Afterwards the time from a recorded event to
its effect is measured at 200 events a second.
"""

import argparse
import json
import os
import platform
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tests.benchmarks import latency, memory, report
from tests.benchmarks.contestants import CONTENDERS, Contender
from tests.benchmarks.running import Run, run
from tests.benchmarks.surroundings import Broker, Surroundings
from tests.support.servers import TestServers

EVENTS = 2000
ROUNDS = 5
QUICK_EVENTS = 600
BUDGET_SECONDS = 300.0


def main() -> int:
    """Measure, print, write; 1 where a contender was not as safe as it has to be."""
    asked = _arguments()
    with _surroundings() as (surroundings, broker):
        if asked.memory:
            found = {"memory": memory.measure(surroundings, broker)}
        else:
            found = _compare(surroundings, broker, asked)
            found |= {"latency": latency.measure(surroundings, 5 if asked.quick else 20)}
    if asked.json:
        asked.json.write_text(json.dumps({**_machine(), **found}, indent=1, default=str))
    return 1 if found.get("faulty") else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    names = [each.name for each in CONTENDERS]
    parser.add_argument("--events", type=int, default=EVENTS, help="events of the slowest")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="runs of each contender")
    parser.add_argument("--only", nargs="+", choices=names, default=names, metavar="CONTENDER")
    parser.add_argument("--quick", action="store_true", help="one small round: does it work?")
    parser.add_argument("--memory", action="store_true", help="memory over 100,000 events instead")
    parser.add_argument("--json", type=Path, help="file to write every figure to")
    asked = parser.parse_args()
    if asked.quick:
        asked.events, asked.rounds = QUICK_EVENTS, 1
    return asked


@contextmanager
def _surroundings() -> Iterator[tuple[Surroundings, Broker]]:
    print("starting a private RabbitMQ and PostgreSQL ...", flush=True)
    with TestServers.started() as servers:
        broker, surroundings = Broker(servers.amqp_url), Surroundings(servers)
        try:
            yield surroundings, broker
        finally:
            surroundings.close()
            broker.close()


def _compare(
    surroundings: Surroundings, broker: Broker, asked: argparse.Namespace
) -> dict[str, Any]:
    contenders = [each for each in CONTENDERS if each.name in asked.only]
    rounds: list[dict[str, Run]] = []
    began = time.monotonic()
    for number in range(1, asked.rounds + 1):
        if rounds and (time.monotonic() - began) * number / (number - 1) > BUDGET_SECONDS:
            print(f"time is up after {number - 1} rounds")
            break
        print(f"round {number}", flush=True)
        rounds.append(_round(surroundings, broker, contenders, asked.events))
    _print(rounds)
    goals = report.goals(rounds)
    return {"runs": report.as_data(rounds), "goals": goals, "faulty": report.faulty(rounds)}


def _round(
    surroundings: Surroundings, broker: Broker, contenders: list[Contender], events: int
) -> dict[str, Run]:
    done = {}
    for contender in contenders:
        done[contender.name] = one = run(surroundings, broker, contender, events * contender.share)
        print(f"  {contender.says}: {one.rate:.0f} events/s", flush=True)
    return done


def _print(rounds: list[dict[str, Run]]) -> None:
    print("", *report.table(rounds), sep="\n")
    print("\nmedians; MiB: the largest peak; cores: how busy the machine was, all together")
    print(f"\nratios, median of {len(rounds)} rounds:", *report.ratios(rounds), sep="\n  ")
    print("\nwhat the checker saw:", *report.remarks(rounds), sep="\n  ")
    print("\ngoals:", *(goal.line() for goal in report.goals(rounds)), sep="\n  ")
    for fault in report.faulty(rounds):
        print(f"NOT SAFE, figures void: {fault}")


def _machine() -> dict[str, Any]:
    return {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cores": os.cpu_count(),
        "machine": platform.platform(),
        "python": platform.python_version(),
    }


if __name__ == "__main__":
    sys.exit(main())
