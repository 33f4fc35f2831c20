"""Facts that onboarding publishes: orders, the saga, its rounds and runs."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR, INVITATION, NOTIFIER, ONBOARDING
from tenantlink_contracts.values import (
    Customer,
    InvitationOrder,
    License,
    Positive,
    ServiceType,
)


class ServiceRequested(Fact):
    """A service has been ordered. `reference` is the orderer's own number of the order."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION,)

    reference: str
    customer: Customer
    service_type: ServiceType
    short_name: str
    full_name: str = Field(max_length=200)
    license: License
    licensed_users: int = Field(ge=1, le=500)
    invitation: InvitationOrder | None
    completion: Literal["operator", "automatic"] = "operator"
    expected_tenant: UUID | None = None
    requested_by: str
    notes: str | None = None
    onboarding_id: UUID | None = None
    round: Positive = 1


class RoundReason(StrEnum):
    """Why a new round of the invitation begins."""

    RESEND = "resend"
    ADDRESS_CHANGED = "address_changed"
    EXTENDED = "extended"
    BY_HAND = "by_hand"
    RENEWAL = "renewal"


class InvitationRoundRequested(Fact):
    """A new link is wanted; every link of earlier rounds dies."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION,)

    round: Annotated[int, Field(ge=2)]
    reason: RoundReason
    invitation: InvitationOrder
    customer_name: str
    full_name: str
    requested_by: str


class InvitationWithdrawn(Fact):
    """The links of this round and of all before it are dead."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION, NOTIFIER)

    round: Positive


class ValidationReason(StrEnum):
    """Why credentials are validated once more."""

    ONBOARDING = "onboarding"
    MANUAL = "manual"
    NIGHTLY = "nightly"


class TenantValidationRequested(Fact):
    """The stored credentials of `revision` are to be proven again; `run` numbers the requests."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (CREDENTIAL_VALIDATOR,)

    run: Positive
    revision: Positive
    why: ValidationReason


class ServiceCreated(Fact):
    """The service exists; the onboarding is over and every link of it is dead."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION, NOTIFIER, CREDENTIAL_VALIDATOR)

    reference: str
    short_name: str
    full_name: str
    revision: Positive
    created_at: AwareDatetime


class OnboardingCancelled(Fact):
    """A tombstone: no fact can revive the order; links die and secrets are shredded."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION, NOTIFIER, CREDENTIAL_VALIDATOR)

    reference: str
    reason: str


class NoticeKind(StrEnum):
    """What people are told by mail, besides the invitation."""

    SERVICE_CREATED = "service_created"


class NoticeRequested(Fact):
    """Somebody has to be told: onboarding knows whom, notifier knows how. One mail a recipient."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (NOTIFIER,)

    kind: NoticeKind
    recipients: tuple[str, ...] = Field(min_length=1)
    language: str = "en"
    data: dict[str, str]
