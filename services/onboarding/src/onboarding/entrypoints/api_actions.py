"""`POST /services/{id}/{action}`: the console's verbs, for programs.

A change names the tag of what it was decided upon (`If-Match`), so that nobody acts on an old
picture, and a request that is sent twice acts once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from flask import Blueprint, Response, request

from onboarding.app import (
    cancel_onboarding,
    choose_settings,
    claim_invitation,
    close_service,
    create_service,
    renew_invitation,
    request_validation,
    settle_forwarding,
)
from onboarding.app.claim_invitation import holding
from onboarding.app.desk import Decide
from onboarding.app.ports import NotFound, NotPossible
from onboarding.domain.breach import Breach, is_visible, quoted
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator
from onboarding.domain.order_options import MAX_VALID_DAYS
from onboarding.domain.registers import Routing
from onboarding.domain.states import State
from onboarding.domain.verbs import Verb
from onboarding.entrypoints import api_documents
from onboarding.entrypoints.api_problems import Problem, broken_rules
from tenantlink_runtime.decision import Decision

if TYPE_CHECKING:
    from onboarding.entrypoints.api import Api

Fields = Mapping[str, Any]
MAX_REASON = 500


class _Changed(Exception):
    """Somebody has changed it since the caller looked."""


def add(routes: Blueprint, api: "Api") -> None:
    """The route; the fields of each action stand in `FIELDS`."""
    from onboarding.entrypoints.api import body

    by_name = {name: verb for verb, name in api_documents.ACTIONS.items()}

    @routes.post("/services/<uuid:subject>/<action>")
    def act(subject: UUID, action: str) -> Response:
        caller, verb = api.acting(), by_name.get(action)
        if verb is None:
            words = f"Actions are {', '.join(by_name)}."
            raise Problem(404, "not_found", "There is no such action.", words)
        wanted = _wanted()
        fields = _checked(verb, body() if request.content_length else {}, api.is_address)
        decide = _decide(api, verb, caller, fields)
        guarded = partial(_unchanged, decide=decide, wanted=wanted)
        try:
            origin = request.remote_addr or ""
            api.desk.act(api.scope, subject, caller, f"{verb} (by the API)", guarded, origin)
        except NotFound:
            raise Problem(404, "not_found", "There is no such service.") from None
        except NotPossible as error:
            raise Problem(409, "not_possible", "Not possible now.", str(error)) from None
        except _Changed:
            words = "It has changed since. Read it again and decide anew."
            raise Problem(412, "changed", "The service has changed.", words) from None
        return api.shown(api.onboarding(subject))


def _wanted() -> frozenset[str]:
    tags = request.if_match
    if not tags:
        words = "Send If-Match with the ETag of the service that you have read."
        raise Problem(428, "if_match_missing", "Which state is to be changed?", words)
    return frozenset(tags.as_set())


def _unchanged(
    onboarding: Onboarding, now: datetime, decide: Decide, wanted: frozenset[str]
) -> Decision[Onboarding]:
    if api_documents.etag(onboarding) not in wanted:
        raise _Changed
    return decide(onboarding, now)


# The fields of each action, and whether one is required.
FIELDS: dict[Verb, dict[str, bool]] = {
    Verb.CHANGE_ADDRESS: {"email": True},
    Verb.EXTEND: {"days": True},
    Verb.ADD: {"take_over": False},
    Verb.CHOOSE_SETTINGS: {"routing": True, "domain": True},
    Verb.RENEW: {"email": False},
    Verb.CANCEL: {"reason": True},
    Verb.CLOSE: {"reason": True},
}


def _checked(verb: Verb, given: Fields, is_address: Callable[[str], bool]) -> Fields:
    """The fields as they have to be; 422 with every breach otherwise."""
    known = FIELDS.get(verb, {})
    found = [
        Breach(quoted(name)[1:-1], "unknown_field", "This action has no such field.")
        for name in given.keys() - known.keys()
    ]
    for name, is_required in known.items():
        if name not in given:
            if is_required:
                found.append(Breach(name, f"{name}_missing", "This action needs it."))
        elif not _is_right(name, given[name], is_address):
            found.append(Breach(name, f"{name}_invalid", _WORDS[name]))
    if found:
        raise broken_rules(sorted(found, key=lambda each: each.field))
    return given


_WORDS = {
    "email": "It must be exactly one email address.",
    "days": f"A link can be valid for 1 to {MAX_VALID_DAYS} days.",
    "take_over": "It must be true or false.",
    "routing": f"It must be one of {', '.join(Routing)}.",
    "domain": "It must be a domain name such as contoso.com.",
    "reason": f"It must be a text of one line, 1 to {MAX_REASON} characters.",
}


def _is_right(name: str, value: object, is_address: Callable[[str], bool]) -> bool:
    if name == "take_over":
        return isinstance(value, bool)
    if name == "days":
        return type(value) is int and 1 <= value <= MAX_VALID_DAYS
    if not isinstance(value, str) or not is_visible(value):
        return False
    if name == "email":
        return len(value) <= 254 and is_address(value)
    if name == "domain":
        return choose_settings.is_domain(value)
    return value in set(Routing) if name == "routing" else 0 < len(value.strip()) <= MAX_REASON


def _decide(api: "Api", verb: Verb, caller: Operator, fields: Fields) -> Decide:
    """The verb, with what it needs; some are only for whoever has added the invitation."""
    simple: dict[Verb, Decide] = {
        Verb.RESEND: partial(renew_invitation.resend, operator=caller),
        Verb.WITHDRAW: renew_invitation.withdraw,
        Verb.APPROVE: partial(settle_forwarding.approve, operator=caller),
        Verb.DECLINE: settle_forwarding.decline,
        Verb.VALIDATE: _validating(caller),
        Verb.CREATE: holding(caller, partial(create_service.create, provisioning=api.provisioning)),
    }
    return simple[verb] if verb in simple else _with_fields(verb, caller, fields)


def _with_fields(verb: Verb, caller: Operator, fields: Fields) -> Decide:
    if verb is Verb.CHANGE_ADDRESS:
        return partial(renew_invitation.change_address, operator=caller, email=fields["email"])
    if verb is Verb.EXTEND:
        return partial(renew_invitation.extend, operator=caller, days=fields["days"])
    if verb is Verb.RENEW:
        email = fields.get("email", "")
        return partial(renew_invitation.renew, operator=caller, email=email)
    if verb is Verb.ADD:
        take_over = fields.get("take_over", False)
        return partial(claim_invitation.claim, operator=caller, take_over=take_over)
    if verb is Verb.CHOOSE_SETTINGS:
        routing, domain = Routing(fields["routing"]), fields["domain"]
        return holding(caller, partial(choose_settings.choose, routing=routing, domain=domain))
    end = cancel_onboarding.cancel if verb is Verb.CANCEL else close_service.close
    return partial(end, reason=fields["reason"].strip())


def _validating(caller: Operator) -> Decide:
    """A service that exists may be validated by everybody who may act."""
    mine = holding(caller, request_validation.validate)

    def decide(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
        active = onboarding.state is State.ACTIVE
        return request_validation.validate(onboarding, now) if active else mine(onboarding, now)

    return decide
