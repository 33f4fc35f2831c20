"""Small real web servers for tests of the local stack's browser and server."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack

import pytest
from flask import Flask

from tenantlink_local.serving import server


@pytest.fixture
def serve() -> Iterator[Callable[[Flask], str]]:
    """Serves an application until the test ends; its base URL."""
    with ExitStack() as at_end:

        def start(app: Flask) -> str:
            listening = server(app, 0)
            thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
            thread.start()
            at_end.callback(thread.join)
            at_end.callback(listening.shutdown)
            return f"http://127.0.0.1:{listening.port}"

        yield start
