"""Starts the simulator: `python -m tenantlink_local.entra.server --port ... --certificate ...`."""

import argparse
from pathlib import Path

from flask import Flask

from tenantlink_local.entra.directory import Directory
from tenantlink_local.entra.graph import graph
from tenantlink_local.entra.openid_provider import Client, Provider, openid_provider
from tenantlink_local.entra.token_endpoint import token_endpoint
from tenantlink_local.entra.tokens import Signer
from tenantlink_local.serving import server


def build(base_url: str, client: Client, directory: Directory | None = None) -> Flask:
    """The whole simulator as one application."""
    known = directory or Directory.load()
    signer = Signer()
    app = Flask(__name__)
    app.register_blueprint(
        openid_provider(Provider(known, signer, client, base_url), known, signer)
    )
    app.register_blueprint(graph(known, signer))
    app.register_blueprint(token_endpoint(known, signer, base_url))
    app.add_url_rule("/health", view_func=lambda: "ok")
    return app


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description="Simulates Microsoft Entra and Graph over TLS.")
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--certificate", type=Path, required=True)
    parser.add_argument("--key", type=Path, required=True)
    parser.add_argument("--client-id", default="tenantlink-console")
    parser.add_argument("--client-secret-file", type=Path, required=True)
    parser.add_argument("--redirect-uri", required=True)
    asked = parser.parse_args()
    secret = asked.client_secret_file.read_text().strip()
    client = Client(asked.client_id, secret, asked.redirect_uri)
    app = build(f"https://127.0.0.1:{asked.port}", client)
    server(app, asked.port, (asked.certificate, asked.key)).serve_forever()


if __name__ == "__main__":
    main()
