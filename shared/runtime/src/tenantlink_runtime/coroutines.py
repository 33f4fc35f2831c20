"""Lets a greenthread wait for a coroutine; many may wait at a time, on one asyncio hub."""

from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def wait_for(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result; its exception is raised here. Needs `work.prepare()`'s hub."""
    from eventlet.asyncio import spawn_for_awaitable

    result: T = spawn_for_awaitable(coroutine).wait()
    return result
