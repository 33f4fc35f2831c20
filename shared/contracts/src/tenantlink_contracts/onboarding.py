"""Facts that onboarding publishes: orders, the saga, its rounds and runs."""

from enum import StrEnum
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from tenantlink_contracts.fact import Fact, Value
from tenantlink_contracts.names import (
    CREDENTIAL_VALIDATOR,
    INVITATION,
    NOTIFIER,
    ONBOARDING,
    UPSTREAM,
)
from tenantlink_contracts.values import (
    Customer,
    Expected,
    InvitationOrder,
    License,
    Positive,
    ServiceType,
)


class ServiceRequested(Fact):
    """A service has been ordered. `reference` is the orderer's own number of the order.

    An upstream system orders with it; onboarding's own copy, which is authoritative, adds
    `onboarding_id`. With `invitation` null the operator types the registration. With `completion`
    `automatic` nobody has to press Next and Create service.
    """

    publishers: ClassVar = (ONBOARDING, UPSTREAM)
    readers: ClassVar = (INVITATION, UPSTREAM)

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
    requested_by: str = ""
    notes: str | None = None
    onboarding_id: UUID | None = None
    round: Positive = 1


class RejectionReason(Value):
    """A rule that an order breaks: the field it stands at, its code for programs, and its words."""

    field: str
    code: str
    message: str


class ServiceRejected(Fact):
    """An order that was not taken, with every reason. `reference` is null where it had none."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (UPSTREAM,)

    reference: str | None
    reasons: tuple[RejectionReason, ...] = Field(min_length=1)


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
    expected: Expected = Expected()
    secret_expires_at: AwareDatetime | None = None


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
    readers: ClassVar = (INVITATION, NOTIFIER, CREDENTIAL_VALIDATOR, UPSTREAM)

    reference: str
    short_name: str
    full_name: str
    revision: Positive
    created_at: AwareDatetime


class OnboardingCancelled(Fact):
    """A tombstone: no fact can revive the order; links die and secrets are shredded."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION, NOTIFIER, CREDENTIAL_VALIDATOR, UPSTREAM)

    reference: str
    reason: str


class ServiceClosed(Fact):
    """A service that existed is no more: links die and secrets are shredded, as at cancelling."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (INVITATION, NOTIFIER, CREDENTIAL_VALIDATOR, UPSTREAM)

    reference: str
    reason: str


class ServiceCreationRequested(Fact):
    """A provisioning system is to create the service, and to answer before `deadline`."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (UPSTREAM,)

    onboarding_id: UUID
    reference: str
    customer: Customer
    service_type: ServiceType
    short_name: str
    dns_label: str
    full_name: str
    license: License
    licensed_users: int
    tenant_id: UUID
    m365_domain: str
    m365_routing: str
    deadline: AwareDatetime


class NoticeKind(StrEnum):
    """What people are told by mail, besides the invitation.

    To operators: authenticated, undeliverable, stuck, expired, attention, waiting (for them),
    forwarding (somebody asks for another link), creation_failed. To the customer's administrator:
    receipt, problem (after waiting for Microsoft in vain), service_created, handed_over (an
    operator has taken the link to hand it over by hand).
    """

    AUTHENTICATED = "authenticated"
    UNDELIVERABLE = "undeliverable"
    STUCK = "stuck"
    EXPIRED = "expired"
    ATTENTION = "attention"
    WAITING = "waiting"
    FORWARDING = "forwarding"
    CREATION_FAILED = "creation_failed"
    RECEIPT = "receipt"
    PROBLEM = "problem"
    SERVICE_CREATED = "service_created"
    HANDED_OVER = "handed_over"


class Notice(Value):
    """One thing to tell, to each of the recipients in a mail of its own."""

    kind: NoticeKind
    recipients: tuple[str, ...] = Field(min_length=1)
    language: str = "en"
    data: dict[str, str]


class NoticeRequested(Fact):
    """Somebody has to be told: onboarding knows whom, notifier knows how. Holds all notices of one
    moment."""

    publishers: ClassVar = (ONBOARDING,)
    readers: ClassVar = (NOTIFIER,)

    brand: str = "default"
    notices: tuple[Notice, ...] = Field(min_length=1)
