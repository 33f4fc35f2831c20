"""The states of an onboarding, and who acts next in each."""

from enum import StrEnum


class State(StrEnum):
    """What an onboarding waits for."""

    REQUESTED = "requested"
    INVITED = "invited"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATED = "authenticated"
    VALIDATING = "validating"
    VALIDATION_FAILED = "validation_failed"
    VALIDATED = "validated"
    ACTIVE = "active"
    CANCELLED = "cancelled"


class Actor(StrEnum):
    """Who acts next."""

    SYSTEM = "system"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    NOBODY = "nobody"


NEXT_ACTOR: dict[State, Actor] = {
    State.REQUESTED: Actor.SYSTEM,
    State.INVITED: Actor.ADMINISTRATOR,
    State.UNDELIVERABLE: Actor.OPERATOR,
    State.EXPIRED: Actor.OPERATOR,
    State.WITHDRAWN: Actor.OPERATOR,
    State.AUTHENTICATION_FAILED: Actor.ADMINISTRATOR,
    State.AUTHENTICATED: Actor.OPERATOR,
    State.VALIDATING: Actor.SYSTEM,
    State.VALIDATION_FAILED: Actor.OPERATOR,
    State.VALIDATED: Actor.OPERATOR,
    State.ACTIVE: Actor.NOBODY,
    State.CANCELLED: Actor.NOBODY,
}

WORDS: dict[State, str] = {
    State.REQUESTED: "Ordered; the invitation is being prepared",
    State.INVITED: "Invited; waiting for the customer's IT administrator",
    State.UNDELIVERABLE: "The invitation could not be delivered",
    State.EXPIRED: "The invitation has expired",
    State.WITHDRAWN: "The invitation was withdrawn",
    State.AUTHENTICATION_FAILED: "The entered registration did not work",
    State.AUTHENTICATED: "Authenticated; waiting to be added",
    State.VALIDATING: "The tenant credentials are being validated",
    State.VALIDATION_FAILED: "The tenant credentials are not valid",
    State.VALIDATED: "Validated; waiting to be completed",
    State.ACTIVE: "Active",
    State.CANCELLED: "Cancelled",
}
