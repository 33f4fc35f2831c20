"""Lets a greenthread wait for a coroutine; many may wait at a time, on one asyncio hub."""

import ssl
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")


def wait_for(coroutine: Coroutine[Any, Any, T]) -> T:
    """The coroutine's result; its exception is raised here. Needs `work.prepare()`'s hub."""
    from eventlet.asyncio import spawn_for_awaitable

    result: T = spawn_for_awaitable(coroutine).wait()
    return result


def tls_context(ca_file: Path | None) -> ssl.SSLContext:
    """Verifies certificates, for a socket that a coroutine owns.

    eventlet replaces `ssl.SSLContext`, and asyncio refuses the replacement, so this one is made by
    the module as it was before.
    """
    from eventlet import patcher

    patched = patcher.is_monkey_patched("socket")
    original: Any = patcher.original("ssl") if patched else ssl
    context: ssl.SSLContext = original.create_default_context(cafile=ca_file)
    return context
