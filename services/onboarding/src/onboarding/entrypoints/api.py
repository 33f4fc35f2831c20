"""The JSON API, `/api/v1`, beside the console: what people click, programs call.

Every request bears an access token of the operators' identity provider. Nothing here knows a rule:
orders go the way of the console's, actions are the same verbs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, Response, g, json, request

from onboarding.app.create_service import Provisioning
from onboarding.app.desk import Desk
from onboarding.app.listing import ServiceList
from onboarding.app.order_service import OrderService
from onboarding.app.ports import Idempotency, Onboardings
from onboarding.domain.breach import is_visible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from onboarding.entrypoints import api_actions, api_documents, api_openapi, api_orders, api_reading
from onboarding.entrypoints.api_limits import RateLimit
from onboarding.entrypoints.api_problems import Problem, explain
from onboarding.entrypoints.api_tokens import AccessTokens, NoRole, ProviderAway, TokenRefused
from tenantlink_contracts.incoming import DoubledKey, json_object

PREFIX = "/api/v1"
MAX_BODY_BYTES = 64 * 1024
_JSON = "application/json"


@dataclass(frozen=True)
class Api:
    """What the routes work with, free of Flask but for who is asking."""

    tokens: AccessTokens
    limit: RateLimit
    orders: OrderService
    desk: Desk
    onboardings: Onboardings
    services: ServiceList
    idempotency: Idempotency
    provisioning: Provisioning
    is_address: Callable[[str], bool]
    clock: Callable[[], datetime]

    @property
    def caller(self) -> Operator:
        """Whom the token speaks for."""
        caller: Operator = g.operator
        return caller

    @property
    def scope(self) -> Scope:
        """What they may see."""
        return Scope.everything()

    def acting(self) -> Operator:
        """The caller, where they may change something."""
        if not self.caller.may_act:
            words = "The token's role is viewer: it may look at everything and change nothing."
            raise Problem(403, "forbidden", "Not allowed.", words)
        return self.caller

    def onboarding(self, subject: UUID) -> Onboarding:
        """One that the caller may see; 404 where there is none."""
        found = self.onboardings.find(self.scope, subject)
        if found is None:
            raise Problem(404, "not_found", "There is no such service.")
        return found

    def shown(self, onboarding: Onboarding, status: int = 200, **headers: str) -> Response:
        """A service, with the tag that a change has to name."""
        answer = document(api_documents.service(onboarding, self.clock()), status, headers)
        answer.set_etag(api_documents.etag(onboarding))
        return answer


def install(app: Flask, api: Api) -> None:
    """Put the routes into the console's process."""
    routes = Blueprint("api", __name__, url_prefix=PREFIX)
    routes.before_request(lambda: _admit(api))
    routes.after_request(_with_limits)
    explain(routes, app)

    @routes.get("/openapi.json")
    def openapi() -> Response:
        return document(api_openapi.document())

    api_orders.add(routes, api)
    api_reading.add(routes, api)
    api_actions.add(routes, api)
    app.extensions["csrf"].exempt(routes)  # a token is no cookie: nobody else can make one send it
    app.register_blueprint(routes)


def document(
    body: Mapping[str, Any], status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """JSON, as it is sent."""
    return Response(json.dumps(body), status, dict(headers or {}), content_type=_JSON)


def body() -> dict[str, Any]:
    """The request's JSON object."""
    request.max_content_length = MAX_BODY_BYTES
    if request.mimetype != _JSON:
        raise Problem(415, "content_type", f"The content type has to be {_JSON}.")
    try:
        return json_object(request.get_data())
    except DoubledKey as error:
        words = f"The key {error} stands twice in one object."
        raise Problem(400, "doubled_key", "The body cannot be understood.", words) from error
    except (ValueError, RecursionError) as error:
        raise Problem(400, "not_json", "The body is no JSON object in UTF-8.") from error


def _admit(api: Api) -> None:
    """Who is asking, and whether they ask too much."""
    if request.endpoint == "api.openapi":
        return
    g.operator = _caller(api)
    allowed, g.limits = api.limit.take(g.operator.subject)
    if not allowed:
        words = f"At most {api.limit.requests} requests a minute."
        raise Problem(429, "too_many_requests", "Too many requests.", words)
    if not all(is_visible(each) for values in request.args.lists() for each in values[1]):
        raise Problem(400, "bad_query", "A parameter holds characters that nobody sees.")


def _caller(api: Api) -> Operator:
    given = request.authorization
    challenge = {"WWW-Authenticate": 'Bearer realm="tenantlink"'}
    if given is None or given.type != "bearer" or not given.token:
        words = "Send the header Authorization: Bearer and an access token."
        raise Problem(401, "no_token", "Who is asking?", words, headers=challenge)
    try:
        return api.tokens.operator(given.token)
    except TokenRefused as error:
        challenge["WWW-Authenticate"] += ', error="invalid_token"'
        raise Problem(401, "invalid_token", str(error), headers=challenge) from error
    except NoRole as error:
        words = "Its claim roles names none of viewer, operator, administrator."
        raise Problem(403, "no_role", "The token has no role here.", words) from error
    except ProviderAway as error:
        words = "The identity provider cannot be reached. Try again in a minute."
        retry = {"Retry-After": "60"}
        raise Problem(503, "not_available", "Not available now.", words, headers=retry) from error


def _with_limits(response: Response) -> Response:
    response.headers.extend(g.get("limits", {}))
    return response
