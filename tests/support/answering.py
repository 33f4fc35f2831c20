"""A small HTTP server that gives one answer to everything, and remembers what it was asked."""

import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path


class Answering(HTTPServer):
    """On 127.0.0.1; `asked` are the paths."""

    def __init__(self, status: int, body: str, headers: dict[str, str]) -> None:
        self.asked: list[str] = []
        self.answer = (status, body, headers)
        super().__init__(("127.0.0.1", 0), _Handler)


class _Handler(BaseHTTPRequestHandler):
    server: Answering

    def do_GET(self) -> None:
        status, body, headers = self.server.answer
        self.server.asked.append(self.path)
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, format: str, *args: object) -> None:
        """Tests look at `asked`."""


@contextmanager
def answering(
    status: int = 200,
    body: str = "{}",
    *,
    headers: dict[str, str] | None = None,
    tls: tuple[Path, Path] | None = None,
) -> Iterator[Answering]:
    """Running; `tls` is certificate and key."""
    kind = {"Content-Type": "application/json"}
    with Answering(status, body, kind | (headers or {})) as server:
        if tls is not None:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield server
        finally:
            server.shutdown()
