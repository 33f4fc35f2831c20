"""The operators' identity provider: OpenID Connect code flow with mandatory PKCE (S256)."""

import base64
import hashlib
import secrets
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, jsonify, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from tenantlink_local.entra.directory import Directory, Operator
from tenantlink_local.entra.tokens import Signer

PREFIX = "/operators"


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
    challenge: str
    nonce: str | None


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
        if asked.get("code_challenge_method") != "S256" or not asked.get("code_challenge"):
            return "PKCE with S256 is required"
        return None if asked.get("state") else "state is required"

    def sign_in(self, asked: dict[str, str], subject: str) -> str:
        """Where to send the browser of somebody who has signed in."""
        operator = next(each for each in self._directory.operator if each.subject == subject)
        code = secrets.token_urlsafe(24)
        self._grants[code] = Grant(operator, asked["code_challenge"], asked.get("nonce"))
        return f"{asked['redirect_uri']}?{urlencode({'code': code, 'state': asked['state']})}"

    def redeem(self, form: dict[str, str], authorization: Any) -> dict[str, Any] | None:
        """The tokens for a code, once, to the client that holds verifier and secret."""
        client_id, secret = form.get("client_id"), form.get("client_secret")
        if authorization is not None:
            client_id, secret = authorization.username, authorization.password
        grant = self._grants.pop(form.get("code", ""), None)
        if grant is None or (client_id, secret) != (self._client.client_id, self._client.secret):
            return None
        if _challenge(form.get("code_verifier", "")) != grant.challenge:
            return None
        claims = {
            "iss": self.issuer,
            "aud": self._client.client_id,
            "sub": grant.operator.subject,
            "name": grant.operator.name,
            "email": grant.operator.email,
            "roles": grant.operator.roles,
            **({"nonce": grant.nonce} if grant.nonce else {}),
        }
        token = self._signer.sign(claims)
        return {
            "access_token": token,
            "id_token": token,
            "token_type": "Bearer",
            "expires_in": 3600,
        }


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
        if request.method == "POST":
            return redirect(provider.sign_in(asked, request.form["subject"]), 303)
        return render_template("sign_in.html", operators=directory.operator, asked=asked)

    @routes.post("/token")
    def token() -> Response:
        tokens = provider.redeem(request.form.to_dict(), request.authorization)
        if tokens is None:
            return make_response(jsonify({"error": "invalid_grant"}), 400)
        return jsonify(tokens)

    return routes


def _challenge(verifier: str) -> str:
    digest = hashlib.sha256(verifier.encode()).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
