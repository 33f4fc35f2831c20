"""`POST /services`: an order by a program, by the rules of every order."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, json, request, url_for

from onboarding.app.order_service import Orderer
from onboarding.app.take_in import order_id
from onboarding.domain import order_document
from onboarding.domain.breach import is_visible
from onboarding.domain.operator import Operator
from onboarding.domain.order import RawOrder
from onboarding.entrypoints.api_problems import Problem, broken_rules
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_runtime.clock import new_id

if TYPE_CHECKING:
    from onboarding.entrypoints.api import Api

KEY = "Idempotency-Key"
MAX_KEY = 255


def add(routes: Blueprint, api: "Api") -> None:
    """The route."""
    from onboarding.entrypoints.api import body

    @routes.post("/services")
    def order() -> Response:
        caller, document, key = api.acting(), body(), _key()
        if key is None:
            return _ordered(api, caller, document, key)
        first = api.idempotency.find(caller.subject, key, document)
        if first is None:
            answer = _ordered(api, caller, document, key)
            status, text = answer.status_code, answer.get_data(as_text=True)
            api.idempotency.keep(caller.subject, key, document, status, text)
            return answer
        if not first.is_same:
            words = "It came with other content before. Choose a new key for each order."
            raise Problem(422, "idempotency_key_reused", f"The {KEY} is used.", words)
        return _replayed(first.status, first.body)


def _key() -> str | None:
    key = request.headers.get(KEY)
    if key is not None and not (0 < len(key) <= MAX_KEY and is_visible(key)):
        raise Problem(400, "bad_idempotency_key", f"{KEY} has to have 1 to {MAX_KEY} characters.")
    return key


def _ordered(api: "Api", caller: Operator, document: dict[str, Any], key: str | None) -> Response:
    """The answer, also where rules are broken: that one is kept under the key, too."""
    raw, shape = order_document.read(document, strict=True)
    subject = _subject(caller, raw, key)
    orderer = Orderer(caller.name, caller.email)
    if shape:
        checked = api.orders.check(api.scope, raw, subject)
        broken = checked if isinstance(checked, tuple) else ()
    else:
        taken = api.orders.order(api.scope, orderer, raw, subject)
        if isinstance(taken, ServiceRequested):
            place = url_for("api.service", subject=subject)
            return api.shown(api.onboarding(subject), 201, Location=place)
        broken = taken
    return broken_rules(order_document.placed(shape, broken)).response()


def _subject(caller: Operator, raw: RawOrder, key: str | None) -> UUID:
    """The id follows from the caller's reference, or else from the key: an order that is sent
    again is the same order, also where our first answer was lost."""
    orderer, reference = f"api:{caller.subject}", raw.options.reference.strip()
    if reference and is_visible(reference):
        return order_id(orderer, reference)
    return order_id(orderer, f"\n{key}") if key is not None else new_id()


def _replayed(status: int, text: str) -> Response:
    problem = status >= 400
    headers = {"Idempotency-Replayed": "true"}
    if not problem:
        headers["Location"] = url_for("api.service", subject=json.loads(text)["id"])
    kind = "application/problem+json" if problem else "application/json"
    return Response(text, status, headers, content_type=kind)
