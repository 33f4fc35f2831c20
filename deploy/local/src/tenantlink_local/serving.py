"""Serves a Flask application as real servers do: keep-alive, head and body in one write.

Werkzeug's own handler closes every connection and waits 10 ms after each answer, because it does
not know where a request's body ends. Ours reads the body first, so neither is needed.
"""

import ssl
from io import BytesIO
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server
from werkzeug.test import run_wsgi_app

_IDLE_SECONDS = 60


class Handler(WSGIRequestHandler):
    """HTTP/1.1 with keep-alive, a buffered writer and without Nagle's delay."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024
    timeout = _IDLE_SECONDS

    def handle(self) -> None:
        """Shake hands here, in the connection's own thread: a silent client blocks nobody else."""
        if isinstance(self.connection, ssl.SSLSocket):
            try:
                self.connection.do_handshake()
            except OSError as error:
                self.log_error("no TLS: %s", error)
                return
        super().handle()

    def run_wsgi(self) -> None:
        """One request: its body whole, then the application, then one write of the answer."""
        length = self.headers.get("Content-Length", "0")
        if "Transfer-Encoding" in self.headers or not length.isdigit():
            self.send_error(411)  # what follows cannot be told apart from the next request
            self.close_connection = True
            return
        body = BytesIO(self.rfile.read(int(length)))
        self.environ = self.make_environ()
        self.environ["wsgi.input"] = body
        chunks, status, headers = run_wsgi_app(self.server.app, self.environ, buffered=True)
        content = b"".join(chunks)
        code, _, reason = status.partition(" ")
        self.send_response(int(code), reason)
        headers.setdefault("Content-Length", str(len(content)))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)
        self.wfile.flush()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Requests are no news."""


def server(app: Flask, port: int, tls: tuple[Path, Path] | None = None) -> BaseWSGIServer:
    """A threaded server on 127.0.0.1; `tls` is a certificate and its key, port 0 is any."""
    listening = make_server("127.0.0.1", port, app, threaded=True, request_handler=Handler)
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
        listening.socket = context.wrap_socket(
            listening.socket,
            server_side=True,
            do_handshake_on_connect=False,  # see Handler.handle
        )
        listening.ssl_context = context
    return listening
