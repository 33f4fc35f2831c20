"""The API's OpenAPI 3.1 document, made from the models and rules that the API itself uses.

`python -m onboarding.entrypoints.api_openapi FILE` writes it; JSON is YAML, so the standard library
does.
"""

import json
import sys
from pathlib import Path
from typing import Any

from pydantic.json_schema import models_json_schema

from onboarding.app.listing import PAGE_SIZE, Sort
from onboarding.domain import order, order_options
from onboarding.domain.registers import Routing
from onboarding.domain.states import Actor, State
from onboarding.domain.verbs import Verb
from onboarding.entrypoints.api_documents import (
    ACTIONS,
    ServiceDocument,
    ServicesDocument,
    TimelineDocument,
)
from tenantlink_contracts.values import License, ServiceType

Schema = dict[str, Any]
_PROBLEM_REF = {"$ref": "#/components/schemas/Problem"}
_WORDS = {
    400: "The request cannot be understood.",
    401: "The token is missing, or does not count here.",
    403: "The token's role does not allow this.",
    404: "There is no such thing, or the caller may not know of it.",
    409: "Not possible in the present state; `detail` says why and what to do.",
    412: "The service has changed since it was read.",
    413: "The body is too large: at most 64 KiB are read.",
    415: "The content type has to be application/json.",
    422: "Rules are broken; `errors` names every one of them.",
    428: "The header If-Match is missing.",
    429: "Too many requests; `Retry-After` says for how long.",
    500: "A fault of ours; it has been logged.",
    503: "Not available at the moment; nothing is lost.",
}
_ALWAYS = (400, 401, 403, 429, 500, 503)


def rendered() -> str:
    """The text of `services/onboarding/openapi.yaml`."""
    return json.dumps(document(), indent=2) + "\n"


def document() -> Schema:
    """The whole document."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Tenantlink",
            "version": "1",
            "description": "Order services and see them through, as the console does. Tokens are "
            "JWT access tokens of the operators' identity provider, by client credentials.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/api/v1"}],
        "security": [{"token": []}],
        "paths": {
            "/services": {"get": _list(), "post": _order()},
            "/services/{id}": {"parameters": [_id()], "get": _read("service", "Service", _TAGGED)},
            "/services/{id}/timeline": {
                "parameters": [_id()],
                "get": _read("timeline", "Timeline", ()),
            },
            **{f"/services/{{id}}/{name}": _action(verb, name) for verb, name in ACTIONS.items()},
        },
        "components": {
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
            },
            "headers": _headers(),
            "schemas": _schemas(),
        },
    }


_TAGGED = ("ETag",)


def _list() -> Schema:
    return {
        "operationId": "services",
        "summary": "Services, page by page",
        "parameters": [
            _query("q", {"type": "string"}, "Words of names, customers, addresses, references."),
            _query("state", _array_of(State), "Only these states."),
            _query("waiting_for", _one_of(Actor), "Only what waits for them."),
            _query("sort", {**_one_of(Sort), "default": Sort.NEWEST.value}, "In which order."),
            _query(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 200, "default": PAGE_SIZE},
                "How many on a page.",
            ),
            _query("after", {"type": "string"}, "From `next` of the page before."),
        ],
        "responses": _responses(200, "Services", ("Link",)),
    }


def _order() -> Schema:
    key = {
        "name": "Idempotency-Key",
        "in": "header",
        "description": "Chosen by the caller, kept for a week: the same key with the same content "
        "gets the first answer again.",
        "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    }
    return {
        "operationId": "order",
        "summary": "Order a service",
        "description": "The same `reference` with the same content is the same order; with other "
        "content it is refused under the code `reference_reused`.",
        "parameters": [key],
        "requestBody": _body("Order"),
        "responses": _responses(
            201, "Service", ("ETag", "Location", "Idempotency-Replayed"), 413, 415, 422
        ),
    }


def _read(operation: str, schema: str, headers: tuple[str, ...]) -> Schema:
    responses = _responses(200, schema, headers, 404)
    if headers:
        responses["304"] = {"description": "It has not changed.", "headers": _named("ETag")}
    return {"operationId": operation, "summary": f"One {operation}", "responses": responses}


def _action(verb: Verb, name: str) -> Schema:
    tag = {
        "name": "If-Match",
        "in": "header",
        "required": True,
        "description": "The ETag of the service that was read.",
        "schema": {"type": "string", "pattern": '^"[0-9a-f]{32}"$'},
    }
    responses = _responses(200, "Service", _TAGGED, 404, 409, 412, 413, 415, 422, 428)
    described: Schema = {
        "operationId": name,
        "summary": verb.value,
        "parameters": [tag],
        "responses": responses,
    }
    if verb in _FIELDS:
        described["requestBody"] = {
            "required": bool(_FIELDS[verb].get("required")),
            "content": {"application/json": {"schema": _object(_FIELDS[verb])}},
        }
    return {"parameters": [_id()], "post": described}


def _responses(status: int, schema: str, headers: tuple[str, ...], *refusals: int) -> Schema:
    good = {
        "description": f"{schema}.",
        "headers": _named(*headers, "RateLimit", "RateLimit-Policy"),
        "content": {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}},
    }
    refused = {str(code): _refusal(code) for code in sorted({*_ALWAYS, *refusals})}
    return {str(status): good, **refused}


def _refusal(status: int) -> Schema:
    told: Schema = {
        "description": _WORDS[status],
        "content": {"application/problem+json": {"schema": _PROBLEM_REF}},
    }
    if status in (429, 503):
        told["headers"] = _named("Retry-After")
    if status == 401:
        told["headers"] = _named("WWW-Authenticate")
    return told


def _headers() -> Schema:
    words = {
        "ETag": "The state of the service; name it in If-Match to change it.",
        "Location": "Where the service is.",
        "Link": "The next page, rel=next.",
        "Idempotency-Replayed": "true where this is the first answer once more.",
        "RateLimit": "What is left of the caller's requests, and for how many seconds.",
        "RateLimit-Policy": "How many requests a caller has, and in which time.",
        "Retry-After": "Seconds.",
        "WWW-Authenticate": "What kind of token is wanted.",
    }
    return {
        name: {"description": text, "schema": {"type": "string"}} for name, text in words.items()
    }


def _named(*names: str) -> Schema:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in names}


def _id() -> Schema:
    schema = {"type": "string", "format": "uuid"}
    return {"name": "id", "in": "path", "required": True, "schema": schema}


def _query(name: str, schema: Schema, words: str) -> Schema:
    return {"name": name, "in": "query", "description": words, "schema": schema}


def _one_of(kind: Any) -> Schema:
    return {"type": "string", "enum": [each.value for each in kind]}


def _array_of(kind: Any) -> Schema:
    return {"type": "array", "items": _one_of(kind)}


def _body(schema: str) -> Schema:
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"required": True, "content": content}


def _schemas() -> Schema:
    documents = (ServiceDocument, ServicesDocument, TimelineDocument)
    models: list[tuple[Any, Any]] = [(each, "serialization") for each in documents]
    _, made = models_json_schema(models, ref_template="#/components/schemas/{model}")
    found = made["$defs"]
    names = {"Service": "ServiceDocument", "Services": "ServicesDocument"}
    names["Timeline"] = "TimelineDocument"
    aliases = {name: {"$ref": f"#/components/schemas/{model}"} for name, model in names.items()}
    # The Problem of the contracts is about credentials, and pydantic has named it after its class.
    moved = json.loads(json.dumps(found).replace('schemas/Problem"', 'schemas/CredentialProblem"'))
    moved["CredentialProblem"] = moved.pop("Problem")
    return {**moved, **aliases, "Order": _order_schema(), "Problem": _problem()}


def _problem() -> Schema:
    rule = {name: {"type": "string"} for name in ("field", "code", "message")}
    return _object(
        {
            "properties": {
                "type": {"type": "string", "description": "urn:tenantlink:problem: and the code"},
                "title": {"type": "string"},
                "status": {"type": "integer"},
                "detail": {"type": "string"},
                "errors": {"type": "array", "items": _object({"properties": rule})},
            },
            "required": ["type", "title", "status"],
        }
    )


def _order_schema() -> Schema:
    text = {"type": "string"}
    optional = {"type": ["string", "null"]}
    return _object(
        {
            "properties": {
                "reference": {
                    **optional,
                    "maxLength": order_options.MAX_REFERENCE,
                    "description": "the orderer's own number of the order",
                },
                "customer": _customer(),
                "service_type": _one_of(ServiceType),
                "short_name": {
                    **text,
                    "minLength": order.SHORTEST,
                    "maxLength": order.LONGEST,
                    "pattern": '^[^\\\\/:*?"<>|.\\s]+$',
                },
                "full_name": {**optional, "maxLength": order.MAX_FULL_NAME},
                "license": _one_of(License),
                "licensed_users": {"type": "integer", "minimum": 1, "maximum": order.MAX_USERS},
                "invitation": {"oneOf": [_invitation(), {"type": "null"}]},
                "completion": {"enum": ["operator", "automatic", None]},
                "expected_tenant": {**optional, "format": "uuid"},
                "requested_by": {**optional, "maxLength": order_options.MAX_REQUESTED_BY},
                "notes": {**optional, "maxLength": order_options.MAX_NOTES},
            },
            "required": [
                "customer",
                "service_type",
                "short_name",
                "license",
                "licensed_users",
                "invitation",
            ],
        }
    )


def _customer() -> Schema:
    text = {"type": "string"}
    number = {**text, "minLength": 1, "maxLength": 100, "pattern": "^[!-~]+$"}
    return _object(
        {
            "properties": {
                "external_id": number,
                "name": {
                    "type": ["string", "null"],
                    "maxLength": 200,
                    "description": "required for a new customer",
                },
                "domains": {"type": ["array", "null"], "items": text, "maxItems": 50},
            },
            "required": ["external_id"],
        }
    )


def _invitation() -> Schema:
    days = {"type": ["integer", "null"], "minimum": 1, "maximum": order_options.MAX_VALID_DAYS}
    return _object(
        {
            "properties": {
                "email": {"type": "string", "format": "email", "maxLength": order.MAX_EMAIL},
                "language": {"type": ["string", "null"], "default": "en"},
                "brand": {"type": ["string", "null"], "default": "default"},
                "valid_days": {**days, "default": 14},
            },
            "required": ["email"],
        }
    )


def _object(more: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, **more}


_EMAIL = {"type": "string", "format": "email", "maxLength": order.MAX_EMAIL}
_REASON = {
    "properties": {"reason": {"type": "string", "minLength": 1, "maxLength": 500}},
    "required": ["reason"],
}
_FIELDS: dict[Verb, Schema] = {
    Verb.CHANGE_ADDRESS: {"properties": {"email": _EMAIL}, "required": ["email"]},
    Verb.EXTEND: {
        "properties": {"days": {"type": "integer", "minimum": 1, "maximum": 60}},
        "required": ["days"],
    },
    Verb.ADD: {"properties": {"take_over": {"type": "boolean", "default": False}}},
    Verb.CHOOSE_SETTINGS: {
        "properties": {
            "routing": _one_of(Routing),
            "domain": {"type": "string", "format": "hostname"},
        },
        "required": ["routing", "domain"],
    },
    Verb.RENEW: {"properties": {"email": _EMAIL}},
    Verb.CANCEL: _REASON,
    Verb.CLOSE: _REASON,
}


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(rendered())
