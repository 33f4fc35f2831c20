"""Tests wait for a condition, with a limit, and say what they saw when it did not come true."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(look: Callable[[], T], seconds: float = 15.0, what: str = "the condition") -> T:
    """The first truthy answer of `look`; AssertionError with the last answer when time is up."""
    deadline = time.monotonic() + seconds
    while True:
        seen = look()
        if seen:
            return seen
        if time.monotonic() > deadline:
            raise AssertionError(
                f"{what} did not come true within {seconds} s; last seen: {seen!r}"
            )
        time.sleep(0.02)
