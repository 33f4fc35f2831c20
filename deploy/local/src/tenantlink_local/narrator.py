"""Tells a person what is being done, step by step, and keeps the time of each step."""

import textwrap
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime

_WIDTH = 84
_PAGE = 100
_WHAT = 37  # where an entry's text begins


@dataclass(frozen=True)
class Step:
    """One step that came true."""

    number: str
    text: str
    at: datetime
    seconds: float
    part: str = ""


@dataclass
class Narrator:
    """Prints each step when it begins and its time when it came true."""

    steps: list[Step] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)
    _part: str = ""

    @contextmanager
    def step(self, number: str, text: str) -> Iterator[None]:
        """A step; an exception in it passes through, and the step does not count."""
        at, began = datetime.now(UTC), time.monotonic()
        print(f"  {number:>2}  {text}", flush=True)
        yield
        self.steps.append(Step(number, text, at, time.monotonic() - began, self._part))

    def say(self, text: str) -> None:
        """What was seen in the step."""
        _print_below(" " * 8, text, 8)

    def part(self, title: str) -> None:
        """Who acts now."""
        self._part = title
        print(f"\n{title}", flush=True)

    def entry(self, at: datetime, actor: str, text: str) -> None:
        """One line of an onboarding's own timeline."""
        _print_below(f"  {_clock(at.astimezone(UTC))}  {actor:20} ", text, _WHAT)

    def timeline(self) -> None:
        """All steps again under who acted, with clock time and duration."""
        print("\nThe timeline of steps (times are UTC)")
        part = ""
        for each in self.steps:
            if each.part != part:
                part = each.part
                print(f"  {part}")
            line = f"  {_clock(each.at)}  {each.number:>2}  {each.text}"
            print(f"{line:{_WIDTH}.{_WIDTH}} {each.seconds:6.2f} s")
        print(f"{'  all steps':{_WIDTH}} {time.monotonic() - self._began:6.2f} s")


def _clock(at: datetime) -> str:
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03}"


def _print_below(first: str, text: str, indent: int) -> None:
    """Long words on several lines, each below the other."""
    lines = textwrap.wrap(text, _PAGE - indent, break_long_words=False, break_on_hyphens=False)
    margin = "\n" + " " * indent
    print(first + margin.join(lines), flush=True)
