"""Facts that invitation publishes: it owns the rounds, their links and the public wizard."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR, INVITATION, NOTIFIER, ONBOARDING
from tenantlink_contracts.values import Expected, Natural, Positive, Sealed, SecretCredential


class InvitationIssued(Fact):
    """A link exists. It is sealed to notifier, which sends it and forgets it.

    With `delivery` `by_hand` it is sealed to onboarding instead, which shows it once. `status_link`
    (sealed to notifier) leads to a page that only tells how things stand; the receipt holds it.
    `secret_expires_at`: why a renewal is asked for.
    """

    publishers: ClassVar = (INVITATION,)
    readers: ClassVar = (NOTIFIER, ONBOARDING)

    round: Positive
    kind: Literal["first", "again", "reminder", "renewal"] = "first"
    delivery: Literal["mail", "by_hand"] = "mail"
    email: str
    link: Sealed
    status_link: Sealed | None = None
    expires_at: AwareDatetime
    language: str = "en"
    brand: str = "default"
    customer_name: str
    full_name: str
    requested_by: str
    secret_expires_at: AwareDatetime | None = None


class InvitationExpired(Fact):
    """The round ended without credentials."""

    publishers: ClassVar = (INVITATION,)
    readers: ClassVar = (ONBOARDING, NOTIFIER)

    round: Positive


class ForwardingRequested(Fact):
    """Somebody with a link asks the operator for something.

    `other_person`: the link should go to `email` instead. `new_link`: the link of `email` has
    ended, and another one is wanted. Nothing happens until the operator agrees.
    """

    publishers: ClassVar = (INVITATION,)
    readers: ClassVar = (ONBOARDING,)

    round: Positive
    why: Literal["other_person", "new_link"] = "other_person"
    email: str = Field(max_length=254)


class CredentialsWithdrawn(Fact):
    """Whoever submitted a revision says that it was the wrong organisation's."""

    publishers: ClassVar = (INVITATION,)
    readers: ClassVar = (CREDENTIAL_VALIDATOR, ONBOARDING)

    round: Positive
    submission_id: UUID
    revision: Positive


class CredentialsSubmitted(Fact):
    """Somebody entered an app registration. Read by credential-validator alone.

    Onboarding publishes it too, with round 0, where the operator types the registration.
    """

    publishers: ClassVar = (INVITATION, ONBOARDING)
    readers: ClassVar = (CREDENTIAL_VALIDATOR,)

    round: Natural
    submission_id: UUID
    tenant: str
    client_id: UUID
    credential: SecretCredential
    expected: Expected = Expected()
