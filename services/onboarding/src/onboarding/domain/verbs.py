"""Which verb is possible in which state, and a sentence for people where one is not."""

from collections.abc import Callable
from enum import StrEnum

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import PROVEN, UNPROVEN, State


class Verb(StrEnum):
    """What an operator can do, under the name that stands on its button."""

    RESEND = "Resend"
    CHANGE_ADDRESS = "Change address"
    EXTEND = "Extend"
    WITHDRAW = "Withdraw"
    COPY_LINK = "Copy link"
    APPROVE = "Approve"
    DECLINE = "Decline"
    TYPE_CREDENTIALS = "Start authentication"
    ADD = "Add"
    VALIDATE = "Validate Authentication"
    CHOOSE_SETTINGS = "Microsoft 365 Settings"
    CREATE = "Create service"
    RENEW = "Re-initiate Authentication Flow"
    CANCEL = "Cancel this order"
    CLOSE = "Close this service"


_LINKED = UNPROVEN - {State.AWAITING_CREDENTIALS}
_ACTIVE = frozenset({State.ACTIVE})
POSSIBLE: dict[Verb, frozenset[State]] = {
    Verb.RESEND: _LINKED | _ACTIVE,
    Verb.CHANGE_ADDRESS: UNPROVEN | _ACTIVE,
    Verb.EXTEND: _LINKED | _ACTIVE,
    Verb.WITHDRAW: _LINKED | _ACTIVE,
    Verb.COPY_LINK: UNPROVEN | _ACTIVE,
    Verb.APPROVE: UNPROVEN | _ACTIVE,
    Verb.DECLINE: UNPROVEN | _ACTIVE,
    Verb.TYPE_CREDENTIALS: (UNPROVEN - {State.AUTHENTICATING}) | _ACTIVE,
    Verb.ADD: PROVEN,
    Verb.VALIDATE: (PROVEN - {State.CREATING, State.CREATION_FAILED}) | _ACTIVE,
    Verb.CHOOSE_SETTINGS: frozenset({State.VALIDATED, State.CREATION_FAILED}),
    Verb.CREATE: frozenset({State.VALIDATED, State.CREATION_FAILED}),
    Verb.RENEW: _ACTIVE,
    Verb.CANCEL: UNPROVEN | PROVEN,
    Verb.CLOSE: _ACTIVE,
}

_HAS_AUTHENTICATED = "The administrator has authenticated; no other link is needed."
_NOT_AUTHENTICATED = "The customer's administrator has not authenticated yet."
_EXISTS = "The service exists already; open it in the Service portal."
_NO_SERVICE = "The service does not exist yet."
_VALIDATE_FIRST = "The tenant credentials have to be validated first."
_BEING_CREATED = "The service is being created; wait for the provisioning system's answer."
_TYPED_ONLY = "This order is without a link. Use Change address to send one after all."
_OVER = {
    State.CANCELLED: "This order is cancelled.",
    State.CLOSED: "This service is closed.",
}
_LINK_VERBS = frozenset(
    {Verb.RESEND, Verb.CHANGE_ADDRESS, Verb.EXTEND, Verb.WITHDRAW, Verb.COPY_LINK}
    | {Verb.APPROVE, Verb.DECLINE, Verb.TYPE_CREDENTIALS}
)
_WHILE_RENEWING = frozenset({Verb.RESEND, Verb.CHANGE_ADDRESS, Verb.EXTEND, Verb.WITHDRAW})


def why_not(onboarding: Onboarding, verb: Verb) -> str | None:
    """Why it is not possible now; None where it is."""
    state = onboarding.state
    if onboarding.order is None:
        return "There is no such order."
    if state in _OVER:
        return _OVER[state]
    if state not in POSSIBLE[verb]:
        return _WHY[_kind(verb)](verb, state)
    if state is State.ACTIVE and verb in _WHILE_RENEWING and not onboarding.is_renewing:
        return f"No new secret is asked for at present. Use {Verb.RENEW}."
    if verb is Verb.WITHDRAW and not onboarding.link_lives:
        return "There is no link that could be withdrawn."
    if verb in (Verb.APPROVE, Verb.DECLINE) and onboarding.wanted_forwarding is None:
        return "Nobody asks for another link."
    return None


def possible(onboarding: Onboarding) -> tuple[Verb, ...]:
    """What can be done now, in the order of the procedure."""
    return tuple(verb for verb in Verb if why_not(onboarding, verb) is None)


def _kind(verb: Verb) -> str:
    return "link" if verb in _LINK_VERBS else verb.name


def _about_link(_verb: Verb, state: State) -> str:
    if state is State.AWAITING_CREDENTIALS:
        return _TYPED_ONLY
    if state is State.AUTHENTICATING:
        return "The registration is being checked at Microsoft; wait for the answer."
    return _HAS_AUTHENTICATED


def _after_validation(_verb: Verb, state: State) -> str:
    if state is State.ACTIVE:
        return _EXISTS
    return _BEING_CREATED if state is State.CREATING else _VALIDATE_FIRST


def _about_validation(_verb: Verb, state: State) -> str:
    if state is State.CREATION_FAILED:
        return "The credentials are validated; create the service again."
    if state is State.CREATING:
        return _BEING_CREATED
    return "There are no credentials to validate yet."


_WHY: dict[str, Callable[[Verb, State], str]] = {
    "link": _about_link,
    "ADD": lambda _, state: _EXISTS if state is State.ACTIVE else _NOT_AUTHENTICATED,
    "VALIDATE": _about_validation,
    "CHOOSE_SETTINGS": _after_validation,
    "CREATE": _after_validation,
    "RENEW": lambda *_: _NO_SERVICE,
    "CANCEL": lambda *_: "The service exists; it can be closed, not cancelled.",
    "CLOSE": lambda *_: f"{_NO_SERVICE} Cancel the order instead.",
}
