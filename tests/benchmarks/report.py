"""Says what the runs have shown: a table, ratios within each round, and the goals."""

import statistics
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from tests.benchmarks.contestants import CONTENDERS, FASTSTREAM_SAFE, FLOOR, OURS, Contender
from tests.benchmarks.running import Run

Rounds = Sequence[dict[str, Run]]
TIMES_FASTSTREAM = 4.0
SHARE_OF_FLOOR = 0.6
MEMORY_LIMIT = 150.0
_HEAD = "contender                             events  events/s   (from - to)   CPU ms   MiB  cores"


@dataclass(frozen=True)
class Goal:
    """What was to be reached, and what was seen."""

    what: str
    wanted: str
    seen: str
    reached: bool

    def line(self) -> str:
        """For a person."""
        return (
            f"{'reached' if self.reached else 'MISSED '}  {self.what}: {self.seen} ({self.wanted})"
        )


def table(rounds: Rounds) -> list[str]:
    """One line per contender: medians, and the span of the rates."""
    present = [each for each in CONTENDERS if all(each.name in round_ for round_ in rounds)]
    return [_HEAD, *(_line(each, [round_[each.name] for round_ in rounds]) for each in present)]


def remarks(rounds: Rounds) -> list[str]:
    """What the checker has to say; of unsafe contenders too."""
    found = []
    for contender in CONTENDERS:
        runs = [round_[contender.name] for round_ in rounds if contender.name in round_]
        faults = {fault for run in runs for fault in run.findings.faults()}
        if runs:
            found.append(f"{contender.says}: {', '.join(sorted(faults)) or 'nothing amiss'}")
    return found


def ratios(rounds: Rounds) -> list[str]:
    """Ours to each other, within each round, because the machine may change between them."""
    others = [each for each in CONTENDERS if each is not OURS]
    return [
        f"ours / {other.says}: {_spread(quotients(rounds, other), '{:.2f}')}"
        for other in others
        if quotients(rounds, other)
    ]


def goals(rounds: Rounds) -> list[Goal]:
    """Those that a comparison can tell."""
    found = []
    if times := quotients(rounds, FASTSTREAM_SAFE):
        seen = statistics.median(times)
        found.append(
            Goal(
                "events/s, as many times FastStream's made safe",
                f"at least {TIMES_FASTSTREAM:.0f}",
                f"{seen:.2f}",
                seen >= TIMES_FASTSTREAM,
            )
        )
    if shares := quotients(rounds, FLOOR):
        seen = statistics.median(shares)
        found.append(
            Goal(
                "events/s, share of the floor",
                f"at least {SHARE_OF_FLOOR:.0%}",
                f"{seen:.0%}",
                seen >= SHARE_OF_FLOOR,
            )
        )
    return found


def faulty(rounds: Rounds) -> list[str]:
    """Safe contenders that were not, and any that lost something; a benchmark of those is void."""
    return [
        f"{contender.says}: {', '.join(run.findings.faults())}"
        for round_ in rounds
        for contender in CONTENDERS
        if (run := round_.get(contender.name))
        and (run.findings.faults() if contender.safe else run.findings.losses)
    ]


def quotients(rounds: Rounds, other: Contender) -> list[float]:
    """Our rate by the other's, one for each round with both."""
    return [
        round_[OURS.name].rate / round_[other.name].rate
        for round_ in rounds
        if OURS.name in round_ and other.name in round_
    ]


def as_data(rounds: Rounds) -> list[dict[str, Any]]:
    """Every run, for a file."""
    return [
        {"round": number, "rate": run.rate, **asdict(run)}
        for number, round_ in enumerate(rounds, 1)
        for run in round_.values()
    ]


def _line(contender: Contender, runs: Sequence[Run]) -> str:
    def median(of: Callable[[Run], float]) -> float:
        return statistics.median(map(of, runs))

    rates = [run.rate for run in runs]
    span = f"({min(rates):.0f} - {max(rates):.0f})"
    return (
        f"{contender.says:36} {runs[0].findings.events:7} {statistics.median(rates):9.0f}"
        f" {span:>15} {median(lambda run: run.cpu_per_event):7.3f}"
        f" {max(run.peak for run in runs):5.0f} {median(lambda run: run.machine):6.0%}"
    )


def _spread(numbers: Sequence[float], form: str) -> str:
    middle, low, high = (form.format(f(numbers)) for f in (statistics.median, min, max))
    return f"{middle} ({low} - {high})"
