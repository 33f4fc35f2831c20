"""The parts of Microsoft Graph that the product reads, with Graph's own refusals."""

from typing import Any

from flask import Blueprint, Response, jsonify, make_response, request

from tenantlink_local.entra.directory import App, Directory, Secret, Tenant, find_app
from tenantlink_local.entra.tokens import Signer

# Graph's app role ids of the permissions in directory.toml
ROLE_IDS = {
    "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
}


def graph(directory: Directory, signer: Signer) -> Blueprint:
    """Routes under `/v1.0/`."""
    routes = Blueprint("graph", __name__, url_prefix="/v1.0")

    def caller(needs: str) -> tuple[Tenant, dict[str, Any]] | Response:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        claims = signer.read(token) if scheme == "Bearer" else None
        tenant = directory.find_tenant(claims["tid"]) if claims else None
        if claims is None or tenant is None:
            return _error(401, "InvalidAuthenticationToken", "Access token is empty or invalid.")
        if needs not in claims["roles"]:
            return _error(403, "Authorization_RequestDenied", "Insufficient privileges.")
        return tenant, claims

    @routes.get("/organization")
    def organization() -> Response:
        known = caller("Organization.Read.All")
        if isinstance(known, Response):
            return known
        tenant = known[0]
        domains = [
            {"name": name, "isDefault": number == 0, "isInitial": "onmicrosoft" in name}
            for number, name in enumerate(tenant.domains)
        ]
        row = {"id": str(tenant.id), "displayName": tenant.name, "verifiedDomains": domains}
        return jsonify({"value": [row]})

    @routes.get("/applications(appId='<client_id>')")
    def application(client_id: str) -> Response:
        known = caller("Application.Read.All")
        if isinstance(known, Response):
            return known
        app = find_app(known[0], client_id)
        return _not_found() if app is None else jsonify(_application(app))

    @routes.get("/servicePrincipals(appId='<client_id>')/appRoleAssignments")
    def assignments(client_id: str) -> Response:
        known = caller("Application.Read.All")
        if isinstance(known, Response):
            return known
        app = find_app(known[0], client_id)
        if app is None:
            return _not_found()
        return jsonify({"value": [{"appRoleId": ROLE_IDS[role]} for role in app.roles]})

    return routes


def _application(app: App) -> dict[str, Any]:
    return {
        "appId": str(app.client_id),
        "displayName": app.name,
        "passwordCredentials": [_password_credential(each) for each in app.secrets],
    }


def _password_credential(secret: Secret) -> dict[str, Any]:
    return {
        "keyId": str(secret.key_id),
        "hint": secret.hint,
        "startDateTime": "2020-01-01T00:00:00Z",
        "endDateTime": f"{secret.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "secretText": None,
    }


def _not_found() -> Response:
    return _error(404, "Request_ResourceNotFound", "Resource does not exist.")


def _error(status: int, code: str, message: str) -> Response:
    return make_response(jsonify({"error": {"code": code, "message": message}}), status)
