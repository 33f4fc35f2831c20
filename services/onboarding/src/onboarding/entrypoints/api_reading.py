"""`GET /services` and what belongs to one: pages by keyset, the service, its timeline."""

import base64
import binascii
import json
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import urlencode
from uuid import UUID

from flask import Blueprint, Response, request, url_for

from onboarding.app.listing import PAGE_SIZE, Cursor, Sort, Wish
from onboarding.domain.breach import Breach, quoted
from onboarding.domain.search import typed_words
from onboarding.domain.states import Actor, State
from onboarding.entrypoints import api_documents
from onboarding.entrypoints.api_problems import Problem

if TYPE_CHECKING:
    from onboarding.entrypoints.api import Api

MAX_PAGE = 200
PARAMETERS = ("q", "state", "waiting_for", "sort", "limit", "after")
E = TypeVar("E", bound=StrEnum)


def add(routes: Blueprint, api: "Api") -> None:
    """The routes."""
    from onboarding.entrypoints.api import document

    @routes.get("/services")
    def services() -> Response:
        wish = _wish()
        page = api.services.page(api.scope, wish)
        now = api.clock()
        following = _query_after(page.next) if page.next else None
        headers = {}
        if following:
            headers["Link"] = f'<{url_for("api.services")}?{following}>; rel="next"'
        shown = [api_documents.service(each, now) for each in page.onboardings]
        return document({"services": shown, "next": following}, headers=headers)

    @routes.get("/services/<uuid:subject>")
    def service(subject: UUID) -> Response:
        answer = api.shown(api.onboarding(subject))
        answer.make_conditional(request)
        return answer

    @routes.get("/services/<uuid:subject>/timeline")
    def timeline(subject: UUID) -> Response:
        api.onboarding(subject)
        return document(api_documents.timeline(api.onboardings.timeline(api.scope, subject)))


def _wish() -> Wish:
    unknown = [name for name in request.args if name not in PARAMETERS]
    if unknown:
        message = f"There is none. Known here: {', '.join(PARAMETERS)}."
        raise _bad(*(Breach(quoted(each)[1:-1], "unknown_parameter", message) for each in unknown))
    states = tuple(_one_of(State, "state", each) for each in request.args.getlist("state"))
    actor = request.args.get("waiting_for")
    sort = _one_of(Sort, "sort", request.args.get("sort", Sort.NEWEST))
    return Wish(
        words=typed_words(request.args.get("q", "")),
        states=states,
        actor=_one_of(Actor, "waiting_for", actor) if actor is not None else None,
        sort=sort,
        after=_cursor(sort, request.args.get("after")),
        size=_size(request.args.get("limit", str(PAGE_SIZE))),
    )


def _one_of(kind: type[E], name: str, text: str) -> E:
    try:
        return kind(text)
    except ValueError:
        message = f"It must be one of {', '.join(kind)}."
        raise _bad(Breach(name, "unknown_value", message)) from None


def _size(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE:
        return int(text)
    raise _bad(Breach("limit", "out_of_range", f"It must be a number from 1 to {MAX_PAGE}."))


def _query_after(cursor: Cursor) -> str:
    """The same question, for what comes behind."""
    plain = json.dumps([cursor.value, str(cursor.id)]).encode()
    asked = [(name, value) for name, value in request.args.items(multi=True) if name != "after"]
    return urlencode([*asked, ("after", base64.urlsafe_b64encode(plain).decode())])


def _cursor(sort: Sort, text: str | None) -> Cursor | None:
    if text is None:
        return None
    try:
        value, identity = json.loads(base64.b64decode(text.encode(), b"-_", validate=True))
        if sort is Sort.NEWEST and datetime.fromisoformat(value).tzinfo is None:
            raise ValueError(value)
        if not value.isprintable():
            raise ValueError(value)
        return Cursor(value, UUID(identity))
    except (ValueError, TypeError, AttributeError, binascii.Error, RecursionError):
        message = "Take it from the field next of the page before."
        raise _bad(Breach("after", "bad_cursor", message)) from None


def _bad(*errors: Breach) -> Problem:
    return Problem(400, "bad_query", "A parameter is not as it has to be.", errors=errors)
