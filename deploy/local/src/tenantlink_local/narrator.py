"""Tells a person what is being done, step by step, and keeps the time of each step."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime

_WIDTH = 84


@dataclass(frozen=True)
class Step:
    """One step that came true."""

    number: str
    text: str
    at: datetime
    seconds: float


@dataclass
class Narrator:
    """Prints each step when it begins and its time when it came true."""

    steps: list[Step] = field(default_factory=list)
    _began: float = field(default_factory=time.monotonic)

    @contextmanager
    def step(self, number: str, text: str) -> Iterator[None]:
        """A step; an exception in it passes through, and the step does not count."""
        at, began = datetime.now(), time.monotonic()
        print(f"  {number:>2}  {text}", flush=True)
        yield
        self.steps.append(Step(number, text, at, time.monotonic() - began))

    def say(self, text: str) -> None:
        """What was seen in the step."""
        print(f"        {text}", flush=True)

    def part(self, title: str) -> None:
        """Who acts now."""
        print(f"\n{title}", flush=True)

    def timeline(self) -> None:
        """All steps again, with clock time and duration."""
        print("\nThe timeline")
        for each in self.steps:
            clock = f"{each.at:%H:%M:%S}.{each.at.microsecond // 1000:03}"
            line = f"  {clock}  {each.number:>2}  {each.text}"
            print(f"{line:{_WIDTH}.{_WIDTH}} {each.seconds:6.2f} s")
        print(f"{'  all steps':{_WIDTH}} {time.monotonic() - self._began:6.2f} s")
