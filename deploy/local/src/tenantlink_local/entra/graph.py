"""The parts of Microsoft Graph that the product reads, with Graph's own refusals."""

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid4, uuid5

from flask import Blueprint, Response, abort, jsonify, make_response, request

from tenantlink_local.entra.behaviour import Behaviour
from tenantlink_local.entra.directory import App, Directory, Secret, Tenant
from tenantlink_local.entra.errors import retry_after, truncated
from tenantlink_local.entra.token_endpoint import GRAPH_AUDIENCE
from tenantlink_local.entra.tokens import Signer

# Graph's app role ids of the permissions in directory.toml
ROLE_IDS = {
    "Organization.Read.All": "498476ce-e0fe-48b0-b801-37ba7e2685c6",
    "Application.Read.All": "9a5d68dd-52b0-4cc2-bd40-abcf44ac3a30",
    "User.Read.All": "df021288-bdef-4463-88db-98f22de89214",
    "Directory.Read.All": "7ab1d382-f21e-4acd-a863-ba3e13f7da61",
    "Mail.Read": "810c84a8-4a9e-49e6-bf7d-12d183f40d01",
}


class Caller:
    """Decides who calls, and whether they may; answers with Graph's refusals by `abort`."""

    def __init__(self, directory: Directory, signer: Signer, behaviour: Behaviour) -> None:
        self._directory = directory
        self._signer = signer
        self._behaviour = behaviour

    def tenant(self, needs: str) -> Tenant:
        """The caller's tenant, when its token holds the permission."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        claims = self._signer.read(token, GRAPH_AUDIENCE) if scheme == "Bearer" else None
        tenant = self._directory.find_tenant(claims["tid"]) if claims else None
        if claims is None or tenant is None:
            abort(_error(401, "InvalidAuthenticationToken", "Access token is empty or invalid."))
        app = tenant.find_app(claims["appid"])
        if app is not None:
            self._misbehave(app)
        if needs not in claims["roles"]:
            abort(
                _error(
                    403,
                    "Authorization_RequestDenied",
                    "Insufficient privileges to complete the operation.",
                )
            )
        return tenant

    def _misbehave(self, app: App) -> None:
        mood = self._behaviour.now(app, app.graph)
        if mood == "normal":
            return
        if mood == "truncated":
            abort(truncated())
        answer = (
            _error(503, "ServiceUnavailable", "Please retry later.")
            if mood == "unavailable"
            else _error(429, "TooManyRequests", "Please retry later.")
        )
        answer.headers["Retry-After"] = retry_after(app.retry_after, mood == "throttled_until")
        abort(answer)


def graph(directory: Directory, signer: Signer, behaviour: Behaviour) -> Blueprint:
    """Routes under `/v1.0/`."""
    routes = Blueprint("graph", __name__, url_prefix="/v1.0")
    caller = Caller(directory, signer, behaviour)

    def app_of(client_id: str) -> App:
        found = caller.tenant("Application.Read.All").find_app(client_id)
        if found is None:
            abort(_not_found(client_id))
        return found

    @routes.get("/organization")
    def organization() -> Response:
        tenant = caller.tenant("Organization.Read.All")
        return jsonify({"value": [_selected(_organization(tenant))]})

    @routes.get("/applications(appId='<client_id>')")
    def application(client_id: str) -> Response:
        if not app_of(client_id).registered_here:
            abort(_not_found(client_id))
        return jsonify(_selected(_application(app_of(client_id))))

    @routes.get("/servicePrincipals(appId='<client_id>')")
    def service_principal(client_id: str) -> Response:
        return jsonify(_selected(_service_principal(app_of(client_id))))

    @routes.get("/servicePrincipals(appId='<client_id>')/appRoleAssignments")
    def assignments(client_id: str) -> Response:
        app = app_of(client_id)
        return jsonify({"value": [_selected(_assignment(app, role)) for role in app.roles]})

    return routes


def _selected(row: dict[str, Any]) -> dict[str, Any]:
    """Only what `$select` asks for, like Graph."""
    asked = request.args.get("$select")
    return {name: row[name] for name in asked.split(",") if name in row} if asked else row


def _organization(tenant: Tenant) -> dict[str, Any]:
    domains = [
        {"name": name, "isDefault": number == 0, "isInitial": "onmicrosoft" in name}
        for number, name in enumerate(tenant.domains)
    ]
    return {
        "id": str(tenant.id),
        "displayName": tenant.name,
        "verifiedDomains": domains,
        "countryLetterCode": "US",
        "tenantType": "AAD",
    }


def _application(app: App) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"application {app.client_id}")),
        "appId": str(app.client_id),
        "displayName": app.name,
        "signInAudience": "AzureADMyOrg",
        "passwordCredentials": [_password_credential(each) for each in app.secrets],
        "keyCredentials": [],
    }


def _service_principal(app: App) -> dict[str, Any]:
    return {
        "id": str(uuid5(NAMESPACE_URL, f"service principal {app.client_id}")),
        "appId": str(app.client_id),
        "displayName": app.name,
        "accountEnabled": True,
    }


def _assignment(app: App, role: str) -> dict[str, Any]:
    return {
        "appRoleId": ROLE_IDS[role],
        "principalId": _service_principal(app)["id"],
        "resourceDisplayName": "Microsoft Graph",
    }


def _password_credential(secret: Secret) -> dict[str, Any]:
    return {
        "keyId": str(secret.key_id),
        "displayName": "Tenantlink",
        "hint": secret.hint,
        "startDateTime": "2020-01-01T00:00:00Z",
        "endDateTime": f"{secret.ends_at:%Y-%m-%dT%H:%M:%SZ}",
        "secretText": None,
    }


def _not_found(client_id: str) -> Response:
    return _error(404, "Request_ResourceNotFound", f"Resource '{client_id}' does not exist.")


def _error(status: int, code: str, message: str) -> Response:
    inner = {"date": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%S}", "request-id": str(uuid4())}
    error = {"code": code, "message": message, "innerError": inner}
    answer = make_response(jsonify({"error": error}), status)
    answer.headers["request-id"] = inner["request-id"]
    return answer
