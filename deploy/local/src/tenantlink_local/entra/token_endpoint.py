"""Entra's discovery and its token endpoint for client credentials."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, make_response, request

from tenantlink_local.entra.directory import App, Directory, Tenant, find_app
from tenantlink_local.entra.errors import refusal, throttled
from tenantlink_local.entra.tokens import Signer

_TENANT = re.compile(r"[0-9a-fA-F-]{36}|[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE)


def token_endpoint(directory: Directory, signer: Signer, base_url: str) -> Blueprint:
    """Routes under `/<tenant>/`."""
    routes = Blueprint("token_endpoint", __name__)

    @routes.get("/<tenant>/v2.0/.well-known/openid-configuration")
    def discovery(tenant: str) -> Response:
        if not _TENANT.fullmatch(tenant):
            return refusal(900023)
        known = directory.find_tenant(tenant)
        if known is None:
            return refusal(90002)
        root = f"{base_url}/{known.id}"
        return jsonify(
            {
                "issuer": f"{root}/v2.0",
                "token_endpoint": f"{root}/oauth2/v2.0/token",
                "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
                "jwks_uri": f"{root}/discovery/v2.0/keys",
                "response_types_supported": ["code"],
            }
        )

    @routes.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> Response:
        known = directory.find_tenant(tenant)
        if known is None:
            return refusal(90002)
        app = find_app(known, request.form.get("client_id", ""))
        if app is None:
            return refusal(700016)
        return _client_credentials(known, app, request.form.get("client_secret", ""), signer)

    return routes


def _client_credentials(tenant: Tenant, app: App, secret: str, signer: Signer) -> Response:
    if app.answer == "throttled":
        return throttled()
    if app.answer == "unavailable":
        return refusal(90033)
    if not secret:
        return refusal(900144)
    match = next((each for each in app.secrets if each.value == secret), None)
    if match is None:
        return refusal(7000215)
    if match.ends_at <= datetime.now(UTC):
        return refusal(7000222)
    if app.answer == "no_service_principal":
        return refusal(7000229)
    claims = {
        "aud": "https://graph.microsoft.com",
        "tid": str(tenant.id),
        "appid": str(app.client_id),
        "roles": app.roles,
        "idtyp": "app",
    }
    answer = {"token_type": "Bearer", "expires_in": 3599, "access_token": signer.sign(claims)}
    return make_response(jsonify(answer))
