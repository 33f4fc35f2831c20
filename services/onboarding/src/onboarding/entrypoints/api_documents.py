"""What the API answers: one pydantic model each, from which its OpenAPI document is made too."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import BaseModel, ConfigDict, Field

from onboarding.app.ports import TimelineEntry
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.order import dns_label
from onboarding.domain.registers import Ordered
from onboarding.domain.states import WORDS, Actor, State
from onboarding.domain.verbs import Verb, possible
from tenantlink_contracts.values import Customer, Permissions, SecretInfo, Tenant
from tenantlink_contracts.values import Problem as CredentialProblem


class _Document(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class InvitationDocument(_Document):
    """The link that the administrator gets, and what became of its mail."""

    email: str
    language: str
    brand: str
    valid_days: int
    round: int = Field(description="0 before the first one")
    is_live: bool
    is_sent: bool = Field(description="whether a mail server has accepted the newest mail")
    server_words: str | None
    expires_at: datetime | None


class RegistrationDocument(_Document):
    """The proven registration; of its secret only what may be shown."""

    tenant: Tenant
    client_id: UUID
    application_name: str
    secret: SecretInfo
    days_until_secret_expires: int | None
    permissions: Permissions
    warnings: tuple[str, ...]


class SettingsDocument(_Document):
    """The Microsoft 365 settings."""

    routing: str
    domain: str


class ServiceDocument(_Document):
    """A service, from its order on."""

    id: UUID
    reference: str
    customer: Customer
    service_type: str
    short_name: str
    dns_label: str
    full_name: str
    license: str
    licensed_users: int
    invitation: InvitationDocument | None = Field(
        description="null where an operator types the registration"
    )
    completion: str
    expected_tenant: UUID | None
    requested_by: str
    notes: str | None
    ordered_at: datetime
    state: State
    state_words: str
    waiting_for: Actor
    claimed_by: str | None
    device_authenticated: bool
    registration: RegistrationDocument | None
    problem: CredentialProblem | None = Field(description="why the newest registration failed")
    m365_settings: SettingsDocument | None
    actions: tuple[str, ...] = Field(description="what can be done now, by path")


class ServicesDocument(_Document):
    """One page of services; `next` is the query of the next page, null on the last one."""

    services: tuple[ServiceDocument, ...]
    next: str | None


class EntryDocument(_Document):
    """One line of a timeline."""

    at: datetime
    actor: str
    name: str
    text: str


class TimelineDocument(_Document):
    """Everything that happened, oldest first."""

    entries: tuple[EntryDocument, ...]


ACTIONS: dict[Verb, str] = {
    Verb.RESEND: "resend",
    Verb.CHANGE_ADDRESS: "change-address",
    Verb.EXTEND: "extend",
    Verb.WITHDRAW: "withdraw",
    Verb.APPROVE: "approve-forwarding",
    Verb.DECLINE: "decline-forwarding",
    Verb.ADD: "add",
    Verb.VALIDATE: "validate",
    Verb.CHOOSE_SETTINGS: "choose-settings",
    Verb.CREATE: "create",
    Verb.RENEW: "renew",
    Verb.CANCEL: "cancel",
    Verb.CLOSE: "close",
}


def service(onboarding: Onboarding, now: datetime) -> dict[str, Any]:
    """A service as JSON. ValueError for one that was never ordered."""
    order = onboarding.order
    if order is None:
        raise ValueError("never ordered")
    failed = onboarding.last_failure
    document = ServiceDocument(
        id=onboarding.id,
        reference=order.reference,
        customer=Customer(
            external_id=order.customer_external_id,
            name=order.customer_name,
            domains=order.customer_domains,
        ),
        service_type=order.service_type,
        short_name=order.short_name,
        dns_label=dns_label(order.short_name),
        full_name=order.full_name,
        license=order.license,
        licensed_users=order.licensed_users,
        invitation=_invitation(onboarding, order),
        completion=order.completion,
        expected_tenant=order.expected_tenant,
        requested_by=order.requested_by,
        notes=order.notes,
        ordered_at=order.at,
        state=onboarding.state,
        state_words=WORDS[onboarding.state],
        waiting_for=onboarding.next_actor,
        claimed_by=onboarding.claim.name if onboarding.claim else None,
        device_authenticated=onboarding.device_authenticated,
        registration=_registration(onboarding, now),
        problem=failed.problem if failed else None,
        m365_settings=_settings(onboarding),
        actions=tuple(ACTIONS[each] for each in possible(onboarding) if each in ACTIONS),
    )
    return document.model_dump(mode="json")


def timeline(entries: list[TimelineEntry]) -> dict[str, Any]:
    """A timeline as JSON."""
    told = tuple(
        EntryDocument(at=each.at, actor=each.actor, name=each.name, text=each.text)
        for each in entries
    )
    return TimelineDocument(entries=told).model_dump(mode="json")


def etag(onboarding: Onboarding) -> str:
    """Changes with whatever changes of an onboarding."""
    return hashlib.sha256(repr(onboarding).encode()).hexdigest()[:32]


def _invitation(onboarding: Onboarding, order: Ordered) -> InvitationDocument | None:
    if not onboarding.address:
        return None
    link, mail = onboarding.current_link, onboarding.current_mail
    return InvitationDocument(
        email=onboarding.address,
        language=order.language,
        brand=order.brand,
        valid_days=order.valid_days,
        round=onboarding.asked_round,
        is_live=onboarding.link_lives,
        is_sent=onboarding.email_sent,
        server_words=mail.words if mail else None,
        expires_at=link.expires_at if link else None,
    )


def _registration(onboarding: Onboarding, now: datetime) -> RegistrationDocument | None:
    verdict = onboarding.newest_verdict
    if verdict is None:
        return None
    return RegistrationDocument(
        tenant=verdict.tenant,
        client_id=verdict.application.client_id,
        application_name=verdict.application.name,
        secret=verdict.secret,
        days_until_secret_expires=onboarding.days_left(now),
        permissions=verdict.permissions,
        warnings=verdict.warnings,
    )


def _settings(onboarding: Onboarding) -> SettingsDocument | None:
    chosen = onboarding.settings
    return SettingsDocument(routing=chosen.routing, domain=chosen.domain) if chosen else None
