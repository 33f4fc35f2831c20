"""A TLS server that answers in Microsoft's place, as proxies, outages and rare tenants do."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, Response, jsonify, make_response, request

from tenantlink_local.certificates import Certificates
from tenantlink_local.serving import server
from tests.support.events import TENANT

Answer = tuple[int, Any, dict[str, str]]
HTML = "<html>A proxy says something.</html>"


@dataclass
class OddMicrosoft:
    """`answers` are told by a part of the path; what is not named is answered as usual."""

    url: str = ""
    answers: dict[str, Answer] = field(default_factory=dict)
    seen: list[str] = field(default_factory=list)

    def answer(self, part: str, status: int, body: Any = HTML, **headers: str) -> None:
        """From now on, whatever has this in its path; `_` in a header's name means `-`."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.answers[part] = (status, body, named)

    def respond(self, path: str) -> Response:
        """The odd answer, or the usual one."""
        self.seen.append(path)
        parts = [part for part in self.answers if part in path]
        status, body, headers = self.answers[parts[0]] if parts else (200, self._usual(path), {})
        response = make_response(body if isinstance(body, str) else jsonify(body), status)
        response.headers.update(headers)
        return response

    def _usual(self, path: str) -> dict[str, Any]:
        if "openid-configuration" in path:
            ends = {"token_endpoint": "token", "authorization_endpoint": "authorize"}
            return {name: f"{self.url}/{TENANT}/{end}" for name, end in ends.items()}
        if path.endswith("token"):
            return {"access_token": "no.jwt", "token_type": "Bearer", "expires_in": 3599}
        if "organization" in path:
            return {"value": [{"id": TENANT, "displayName": "Contoso", "verifiedDomains": []}]}
        if "appRoleAssignments" in path:
            return {"value": []}
        return {"displayName": "Tenantlink access", "passwordCredentials": []}


@contextmanager
def running(tls: Certificates) -> Iterator[OddMicrosoft]:
    """In a thread of this process."""
    odd, app = OddMicrosoft(), Flask(__name__)
    app.before_request(lambda: odd.respond(request.path))
    listening = server(app, 0, (tls.certificate, tls.key))
    odd.url = f"https://127.0.0.1:{listening.port}"
    thread = threading.Thread(target=listening.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield odd
    finally:
        listening.shutdown()
        thread.join()
        listening.server_close()
