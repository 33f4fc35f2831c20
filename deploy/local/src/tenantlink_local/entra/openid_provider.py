"""The operators' identity provider: OpenID Connect code flow with mandatory PKCE (S256), and
client credentials for programs that call the API."""

import base64
import hashlib
import secrets
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tenantlink_local.entra.directory import Directory, Operator
from tenantlink_local.entra.tokens import Signer

PREFIX = "/operators"
_CODE_SECONDS = 120


@dataclass(frozen=True)
class Client:
    """The one application that may ask for operators: the console."""

    client_id: str
    secret: str
    redirect_uri: str


@dataclass(frozen=True)
class Grant:
    """What a code stands for, once."""

    operator: Operator
    redirect_uri: str
    challenge: str
    nonce: str
    ends_at: float


class Provider:
    """Codes that were given out and not yet taken."""

    def __init__(self, directory: Directory, signer: Signer, client: Client, base_url: str) -> None:
        self._directory = directory
        self._signer = signer
        self._client = client
        self._grants: dict[str, Grant] = {}
        self.issuer = base_url + PREFIX

    def configuration(self) -> dict[str, Any]:
        """The discovery document."""
        return {
            "issuer": self.issuer,
            "authorization_endpoint": f"{self.issuer}/authorize",
            "token_endpoint": f"{self.issuer}/token",
            "jwks_uri": f"{self.issuer}/keys",
            "userinfo_endpoint": f"{self.issuer}/userinfo",
            "scopes_supported": ["openid", "profile", "email"],
            "grant_types_supported": ["authorization_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "claims_supported": ["sub", "name", "email", "roles"],
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "code_challenge_methods_supported": ["S256"],
        }

    def fault_of(self, asked: dict[str, str]) -> str | None:
        """What is wrong with an authorization request."""
        if asked.get("client_id") != self._client.client_id:
            return "unknown client_id"
        if asked.get("redirect_uri") != self._client.redirect_uri:
            return "redirect_uri is not registered"
        if asked.get("response_type") != "code":
            return "response_type must be code"
        if "openid" not in asked.get("scope", "").split():
            return "scope must contain openid"
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return "PKCE with S256 is required"
        missing = [name for name in ("state", "nonce") if not asked.get(name)]
        return f"missing: {', '.join(missing)}" if missing else None

    def sign_in(self, asked: dict[str, str], operator: Operator) -> str:
        """Where to send the browser of somebody who has signed in."""
        code = secrets.token_urlsafe(24)
        ends_at = time.monotonic() + _CODE_SECONDS
        self._grants[code] = Grant(
            operator, asked["redirect_uri"], asked["code_challenge"], asked["nonce"], ends_at
        )
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def knows(self, client_id: str | None, secret: str | None) -> bool:
        """Whether these are the client's own."""
        return (client_id, secret) == (self._client.client_id, self._client.secret)

    def redeem(self, form: dict[str, str]) -> dict[str, Any] | None:
        """The tokens for a code, once, to who sent for it and holds the verifier."""
        grant = self._grants.pop(form.get("code", ""), None)
        if (
            grant is None
            or form.get("grant_type") != "authorization_code"
            or form.get("redirect_uri") != grant.redirect_uri
            or _challenge(form.get("code_verifier", "")) != grant.challenge
            or grant.ends_at < time.monotonic()
        ):
            return None
        claims = {"iss": self.issuer, **_claims(grant.operator)}
        for_us = {"aud": self._client.client_id, "nonce": grant.nonce}
        return {
            "access_token": self._signer.sign({**claims, "aud": self.issuer}),
            "id_token": self._signer.sign({**claims, **for_us}),
            "token_type": "Bearer",
            "expires_in": 3600,
            "scope": "openid profile email",
        }

    def token_for(
        self, client_id: str | None, secret: str | None, resource: str
    ) -> dict[str, Any] | None:
        """An access token for a program (RFC 6749, section 4.4), meant for one resource (RFC 8707);
        None where the program or its secret is unknown, or it does not say for what."""
        program = next((p for p in self._directory.program if p.client_id == client_id), None)
        if program is None or not resource or secret != program.secret:
            return None
        claims = {"iss": self.issuer, "sub": program.client_id, "client_id": program.client_id}
        roles = {"name": program.name, "roles": program.roles, "aud": resource}
        token = self._signer.sign({**claims, **roles})
        return {"access_token": token, "token_type": "Bearer", "expires_in": 3600}

    def who_is(self, access_token: str) -> dict[str, Any] | None:
        """The claims behind an access token."""
        claims = self._signer.read(access_token, self.issuer)
        operator = self._directory.find_operator(claims["sub"]) if claims else None
        return _claims(operator) if operator else None


def openid_provider(provider: Provider, directory: Directory, signer: Signer) -> Blueprint:
    """Routes under `/operators/`."""
    routes = Blueprint("openid_provider", __name__, url_prefix=PREFIX, template_folder="templates")

    @routes.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        return jsonify(provider.configuration())

    @routes.get("/keys")
    def keys() -> Response:
        return jsonify(signer.public_keys())

    @routes.route("/authorize", methods=["GET", "POST"])
    def authorize() -> str | AnyResponse:
        asked = request.values.to_dict()
        fault = provider.fault_of(asked)
        if fault:
            return make_response(f"invalid_request: {fault}", 400)
        operator = directory.find_operator(request.form.get("subject", ""))
        if operator is not None:
            return redirect(provider.sign_in(asked, operator), 303)
        return render_template("sign_in.html", operators=directory.operator, asked=asked)

    @routes.post("/token")
    def token() -> Response:
        form, basic = request.form.to_dict(), request.authorization
        client_id, secret = form.get("client_id"), form.get("client_secret")
        if basic is not None:
            client_id, secret = basic.username, basic.password
        if form.get("grant_type") == "client_credentials":
            return _granted(provider.token_for(client_id, secret, form.get("resource", "")))
        if not provider.knows(client_id, secret):
            return make_response(jsonify({"error": "invalid_client"}), 401)
        tokens = provider.redeem(form)
        if tokens is None:
            return make_response(jsonify({"error": "invalid_grant"}), 400)
        answer = jsonify(tokens)
        answer.headers["Cache-Control"] = "no-store"
        return answer

    @routes.get("/userinfo")
    def userinfo() -> Response:
        token = request.authorization.token if request.authorization else None
        claims = provider.who_is(token or "")
        if claims is None:
            return make_response(jsonify({"error": "invalid_token"}), 401)
        return jsonify(claims)

    return routes


def _granted(tokens: dict[str, Any] | None) -> Response:
    if tokens is None:
        return make_response(jsonify({"error": "invalid_client"}), 401)
    answer = jsonify(tokens)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _claims(operator: Operator) -> dict[str, Any]:
    return {
        "sub": operator.subject,
        "name": operator.name,
        "email": operator.email,
        "roles": operator.roles,
    }


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
