"""Serves a Flask application as real servers do: keep-alive, head and body in one write."""

import ssl
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import BaseWSGIServer, WSGIRequestHandler, make_server


class Handler(WSGIRequestHandler):
    """HTTP/1.1 with a buffered writer and without Nagle's delay."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = 64 * 1024

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Requests are no news."""


def server(app: Flask, port: int, tls: tuple[Path, Path] | None = None) -> BaseWSGIServer:
    """A threaded server on 127.0.0.1; `tls` is a certificate and its key."""
    context = None
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*tls)
    return make_server(
        "127.0.0.1", port, app, threaded=True, request_handler=Handler, ssl_context=context
    )
