"""The states of an onboarding, and who acts next in each."""

from enum import StrEnum


class State(StrEnum):
    """What an onboarding waits for."""

    REQUESTED = "requested"
    AWAITING_CREDENTIALS = "awaiting_credentials"
    INVITED = "invited"
    UNDELIVERABLE = "undeliverable"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    AUTHENTICATING = "authenticating"
    AUTHENTICATION_FAILED = "authentication_failed"
    AUTHENTICATED = "authenticated"
    VALIDATING = "validating"
    VALIDATION_FAILED = "validation_failed"
    VALIDATED = "validated"
    CREATING = "creating"
    CREATION_FAILED = "creation_failed"
    ACTIVE = "active"
    CANCELLED = "cancelled"
    CLOSED = "closed"


OVER = frozenset({State.CANCELLED, State.CLOSED})
UNPROVEN = frozenset(
    {
        State.REQUESTED,
        State.AWAITING_CREDENTIALS,
        State.INVITED,
        State.UNDELIVERABLE,
        State.EXPIRED,
        State.WITHDRAWN,
        State.AUTHENTICATING,
        State.AUTHENTICATION_FAILED,
    }
)
PROVEN = frozenset(
    {
        State.AUTHENTICATED,
        State.VALIDATING,
        State.VALIDATION_FAILED,
        State.VALIDATED,
        State.CREATING,
        State.CREATION_FAILED,
    }
)


class Actor(StrEnum):
    """Who acts next."""

    SYSTEM = "system"
    MICROSOFT = "Microsoft"
    PROVISIONING = "provisioning"
    ADMINISTRATOR = "administrator"
    OPERATOR = "operator"
    NOBODY = "nobody"


NEXT_ACTOR: dict[State, Actor] = {
    State.REQUESTED: Actor.SYSTEM,
    State.AWAITING_CREDENTIALS: Actor.OPERATOR,
    State.INVITED: Actor.ADMINISTRATOR,
    State.UNDELIVERABLE: Actor.OPERATOR,
    State.EXPIRED: Actor.OPERATOR,
    State.WITHDRAWN: Actor.OPERATOR,
    State.AUTHENTICATING: Actor.MICROSOFT,
    State.AUTHENTICATION_FAILED: Actor.ADMINISTRATOR,
    State.AUTHENTICATED: Actor.OPERATOR,
    State.VALIDATING: Actor.SYSTEM,
    State.VALIDATION_FAILED: Actor.OPERATOR,
    State.VALIDATED: Actor.OPERATOR,
    State.CREATING: Actor.PROVISIONING,
    State.CREATION_FAILED: Actor.OPERATOR,
    State.ACTIVE: Actor.NOBODY,
    State.CANCELLED: Actor.NOBODY,
    State.CLOSED: Actor.NOBODY,
}

WORDS: dict[State, str] = {
    State.REQUESTED: "Ordered; the invitation is being prepared",
    State.AWAITING_CREDENTIALS: "Ordered without a link; waiting for the registration to be typed",
    State.INVITED: "Invited; waiting for the customer's IT administrator",
    State.UNDELIVERABLE: "The invitation could not be delivered",
    State.EXPIRED: "The invitation has expired",
    State.WITHDRAWN: "The invitation was withdrawn",
    State.AUTHENTICATING: "The entered registration is being checked at Microsoft",
    State.AUTHENTICATION_FAILED: "The entered registration did not work",
    State.AUTHENTICATED: "Authenticated; waiting to be added",
    State.VALIDATING: "The tenant credentials are being validated",
    State.VALIDATION_FAILED: "The tenant credentials are not valid",
    State.VALIDATED: "Validated; waiting to be completed",
    State.CREATING: "Being created by the provisioning system",
    State.CREATION_FAILED: "The service could not be created",
    State.ACTIVE: "Active",
    State.CANCELLED: "Cancelled",
    State.CLOSED: "Closed",
}
