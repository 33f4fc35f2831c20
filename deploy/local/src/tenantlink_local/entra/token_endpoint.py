"""Entra's discovery and its token endpoint for client credentials."""

import re
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify, request

from tenantlink_local.entra.behaviour import Behaviour
from tenantlink_local.entra.directory import App, Directory, Mood, Tenant
from tenantlink_local.entra.errors import refusal, retry_after, truncated
from tenantlink_local.entra.tokens import Signer

_TENANT = re.compile(
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[a-z0-9-]+(\.[a-z0-9-]+)+", re.IGNORECASE
)
_NEEDED = ("grant_type", "client_id", "client_secret", "scope")
GRAPH_AUDIENCE = "https://graph.microsoft.com"


def token_endpoint(
    directory: Directory, signer: Signer, behaviour: Behaviour, base_url: str
) -> Blueprint:
    """Routes under `/<tenant>/`."""
    routes = Blueprint("token_endpoint", __name__)

    @routes.get("/<tenant>/v2.0/.well-known/openid-configuration")
    def discovery(tenant: str) -> Response:
        if not _TENANT.fullmatch(tenant):
            return refusal(900023, tenant=tenant)
        known = directory.find_tenant(tenant)
        if known is None:
            return refusal(90002, tenant=tenant)
        if known.error is not None:
            return refusal(known.error, tenant=known.name)
        return jsonify(_configuration(f"{base_url}/{known.id}"))

    @routes.get("/<tenant>/discovery/v2.0/keys")
    def keys(tenant: str) -> Response:  # noqa: ARG001  one key for all tenants
        return jsonify(signer.public_keys())

    @routes.post("/<tenant>/oauth2/v2.0/token")
    def token(tenant: str) -> Response:
        known = directory.find_tenant(tenant)
        if known is None:
            return refusal(90002, tenant=tenant)
        missing = next((each for each in _NEEDED if not request.form.get(each)), None)
        if missing is not None:
            return refusal(900144, missing=missing)
        if request.form["grant_type"] != "client_credentials":
            return refusal(70003)
        if not request.form["scope"].endswith("/.default"):
            return refusal(1002012)
        app = known.find_app(request.form["client_id"])
        if app is None:
            return refusal(700016, app=request.form["client_id"], tenant=known.name)
        misbehaved = _misbehaviour(behaviour.now(app, app.token), known, app)
        if misbehaved is not None:
            return misbehaved
        return _client_credentials(known, app, request.form["client_secret"], signer)

    return routes


def _misbehaviour(mood: Mood, tenant: Tenant, app: App) -> Response | None:
    if mood == "refused" and app.error is not None:
        return refusal(app.error, app=str(app.client_id), tenant=tenant.name)
    if mood in ("throttled", "throttled_until"):
        return refusal(90055, retry_after(app.retry_after, mood == "throttled_until"))
    if mood == "unavailable":
        return refusal(90033, retry_after(app.retry_after, as_date=False))
    return truncated() if mood == "truncated" else None


def _configuration(root: str) -> dict[str, object]:
    return {
        "issuer": f"{root}/v2.0",
        "token_endpoint": f"{root}/oauth2/v2.0/token",
        "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
        "jwks_uri": f"{root}/discovery/v2.0/keys",
        "response_types_supported": ["code"],
    }


def _client_credentials(tenant: Tenant, app: App, secret: str, signer: Signer) -> Response:
    app_id = str(app.client_id)
    match = next((each for each in app.secrets if each.value == secret), None)
    if match is None:
        return refusal(7000215, app=app_id)
    if match.ends_at <= datetime.now(UTC):
        return refusal(7000222, app=app_id)
    if not app.service_principal:
        return refusal(7000229, app=app_id, tenant=tenant.name)
    claims = {
        "aud": GRAPH_AUDIENCE,
        "iss": f"https://sts.windows.net/{tenant.id}/",
        "tid": str(tenant.id),
        "appid": app_id,
        "appidacr": "1",
        "roles": app.roles,
        "idtyp": "app",
    }
    token = signer.sign(claims)
    return jsonify(
        {"token_type": "Bearer", "expires_in": 3599, "ext_expires_in": 3599, "access_token": token}
    )
