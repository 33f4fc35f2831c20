"""Facts that invitation publishes: it owns the rounds, their links and the public wizard."""

from typing import ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR, INVITATION, NOTIFIER, ONBOARDING
from tenantlink_contracts.values import Positive, Sealed, SecretCredential


class InvitationIssued(Fact):
    """A link exists. It is sealed to notifier, which sends it and forgets it."""

    publishers: ClassVar = (INVITATION,)
    readers: ClassVar = (NOTIFIER, ONBOARDING)

    round: Positive
    kind: Literal["first", "again", "reminder"] = "first"
    delivery: Literal["mail", "by_hand"] = "mail"
    email: str
    link: Sealed
    expires_at: AwareDatetime
    language: str = "en"
    brand: str = "default"
    customer_name: str
    full_name: str
    requested_by: str


class InvitationExpired(Fact):
    """The round ended without credentials."""

    publishers: ClassVar = (INVITATION,)
    readers: ClassVar = (ONBOARDING, NOTIFIER)

    round: Positive


class CredentialsSubmitted(Fact):
    """Somebody entered an app registration. Read by credential-validator alone.

    Onboarding publishes it too, where the operator types the registration.
    """

    publishers: ClassVar = (INVITATION, ONBOARDING)
    readers: ClassVar = (CREDENTIAL_VALIDATOR,)

    round: Positive
    submission_id: UUID
    tenant: str
    client_id: UUID
    credential: SecretCredential
