"""Starts the simulator: `python -m tenantlink_local.entra.server --port ... --certificate ...`."""

import argparse
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import Flask

from tenantlink_local.certificates import Certificates
from tenantlink_local.entra.behaviour import Behaviour
from tenantlink_local.entra.directory import Directory
from tenantlink_local.entra.graph import graph
from tenantlink_local.entra.openid_provider import Client, Provider, openid_provider
from tenantlink_local.entra.scenarios import scenarios
from tenantlink_local.entra.token_endpoint import token_endpoint
from tenantlink_local.entra.tokens import Signer
from tenantlink_local.ports import any_free
from tenantlink_local.serving import server

ANY_CLIENT = Client("tenantlink-console", "secret", "http://127.0.0.1/auth/callback")


def build(base_url: str, client: Client, directory: Directory | None = None) -> Flask:
    """The whole simulator as one application."""
    known = directory or Directory.load()
    signer, behaviour = Signer(), Behaviour()
    app = Flask(__name__)
    app.register_blueprint(
        openid_provider(Provider(known, signer, client, base_url), known, signer)
    )
    app.register_blueprint(graph(known, signer, behaviour))
    app.register_blueprint(token_endpoint(known, signer, behaviour, base_url))
    app.register_blueprint(scenarios(known, behaviour))
    app.add_url_rule("/health", view_func=lambda: "ok")
    return app


@contextmanager
def running(
    certificates: Certificates, directory: Directory | None = None, client: Client = ANY_CLIENT
) -> Iterator[str]:
    """The simulator in a thread of this process, for tests; yields its https URL."""
    port = any_free()
    url = f"https://127.0.0.1:{port}"
    listening = server(
        build(url, client, directory), port, (certificates.certificate, certificates.key)
    )
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield url
    finally:
        listening.shutdown()
        thread.join()


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="Simulates Microsoft Entra and Graph over TLS.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--client-id", default="tenantlink-console")
    parser.add_argument("--client-secret-file", type=Path, required=True)
    parser.add_argument("--redirect-uri", required=True)
    parser.add_argument("--directory", type=Path, help="a TOML file instead of our own")
    asked = parser.parse_args()
    secret = asked.client_secret_file.read_text().strip()
    client = Client(asked.client_id, secret, asked.redirect_uri)
    known = Directory.load(asked.directory)
    app = build(f"https://127.0.0.1:{asked.port}", client, known)
    server(app, asked.port, (asked.certificate, asked.key)).serve_forever()


if __name__ == "__main__":
    main()
