"""Health and metrics on an internal port of their own, the same for `work` and `web`.

Ready means that the own database answers. Losing the broker is a metric, not unreadiness.
"""

import threading
from collections.abc import Callable, Iterable
from socketserver import ThreadingMixIn
from typing import Any
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from prometheus_client import make_wsgi_app

Check = Callable[[], bool]
_TEXT = [("Content-Type", "text/plain; charset=utf-8")]


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:
        """Probes every few seconds are not worth a line."""


def serve(host: str, port: int, ready: Check, alive: Check = lambda: True) -> WSGIServer:
    """Serve `/health/ready`, `/health/live` and `/metrics` from a thread."""
    server = make_server(
        host, port, application(ready, alive), server_class=_Server, handler_class=_QuietHandler
    )
    threading.Thread(target=server.serve_forever, name="internal-port", daemon=True).start()
    return server


def application(ready: Check, alive: Check) -> Callable[..., Iterable[bytes]]:
    """The WSGI application behind the internal port."""
    metrics = make_wsgi_app()
    checks = {"/health/ready": ready, "/health/live": alive}

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        if environ["PATH_INFO"] == "/metrics":
            answer: Iterable[bytes] = metrics(environ, start_response)
            return answer
        check = checks.get(environ["PATH_INFO"])
        if check is None:
            start_response("404 Not Found", _TEXT)
            return [b"try /health/ready, /health/live or /metrics\n"]
        healthy = check()
        start_response("200 OK" if healthy else "503 Service Unavailable", _TEXT)
        return [b"yes\n" if healthy else b"no\n"]

    return app
