"""`tenantlink request-service`: one order from a file, by the API; nice words where it fails."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tenantlink_cli.main import app

ORDER = """
reference = "ORDER-1"
short_name = "contoso"
invitation = false
[customer]
external_id = "C-1"
"""
PROBLEM = {
    "title": "Not everything is as it has to be.",
    "errors": [{"field": "short_name", "code": "short_name_dot", "message": "No dot."}],
}
MADE = {"id": "1", "short_name": "contoso", "state_words": "Ordered"}


class Api:
    """A server that remembers what it was sent."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, dict[str, str], Any]] = []
        self.answer: tuple[int, Any] = (201, MADE)
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                sent = self.rfile.read(int(self.headers["Content-Length"]))
                outer.requests.append((self.path, dict(self.headers), json.loads(sent)))
                status, body = outer.answer
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body if isinstance(body, bytes) else json.dumps(body).encode())

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"


@pytest.fixture
def api() -> Iterator[Api]:
    made = Api()
    thread = threading.Thread(target=made.server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield made
    made.server.shutdown()
    thread.join()
    made.server.server_close()


def run(folder: Path, *arguments: str, order: str = ORDER, name: str = "order.toml") -> Any:
    """The command, on a file with an order and one with a token."""
    (folder / name).write_text(order)
    (folder / "token").write_text("the-token\n")
    return CliRunner().invoke(app, ["request-service", str(folder / name), *arguments])


def order_at(api: Api, folder: Path) -> Any:
    return run(folder, "--url", api.url, "--token-file", str(folder / "token"))


def test_an_order_is_sent_with_the_token_and_a_key_of_its_content(api: Api, tmp_path: Path) -> None:
    for _ in range(2):
        done = order_at(api, tmp_path)
        assert (done.exit_code, "Ordered: contoso" in done.output) == (0, True)
    (path, headers, body), (_, again, _) = api.requests
    assert path == "/api/v1/services"
    assert headers["Authorization"] == "Bearer the-token"
    assert headers["Idempotency-Key"] == again["Idempotency-Key"]
    assert (body["invitation"], body["customer"]) == (None, {"external_id": "C-1"})


def test_every_broken_rule_is_told_in_a_line(api: Api, tmp_path: Path) -> None:
    api.answer = (422, PROBLEM)
    done = order_at(api, tmp_path)
    assert done.exit_code == 1
    assert "short_name: No dot. (short_name_dot)" in done.output


def test_who_answers_otherwise_than_the_api_is_named(api: Api, tmp_path: Path) -> None:
    api.answer = (502, b"<html>")
    done = order_at(api, tmp_path)
    assert done.exit_code == 1
    assert "answered 502" in done.output


def test_a_dry_run_sends_nothing(api: Api, tmp_path: Path) -> None:
    done = run(tmp_path, "--url", api.url, "--dry-run")
    assert done.exit_code == 0
    assert '"short_name": "contoso"' in done.output
    assert api.requests == []


@pytest.mark.parametrize(
    ("order", "name", "words"),
    [
        ("a = ", "order.toml", "cannot be read as .toml"),
        ("{", "order.json", "cannot be read as .json"),
        ("[]", "order.json", "has to hold one order"),
        (ORDER, "order.toml", "Say where to order"),
    ],
)
def test_what_cannot_be_sent_is_told(tmp_path: Path, order: str, name: str, words: str) -> None:
    done = run(tmp_path, order=order, name=name)
    assert done.exit_code == 2
    assert words in done.output
