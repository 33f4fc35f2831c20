"""Builders of facts and events, with defaults; a test names only what it is about."""

from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from tenantlink_contracts import names
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import (
    CredentialsSubmitted,
    CredentialsWithdrawn,
    ForwardingRequested,
    InvitationExpired,
    InvitationIssued,
)
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    NoticeRequested,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    ServiceCreationRequested,
    ServiceRejected,
    ServiceRequested,
    TenantValidationRequested,
)
from tenantlink_contracts.upstream import ServiceProvisioned, ServiceProvisioningFailed
from tenantlink_runtime.clock import new_id

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SUBJECT = UUID("01957a00-0000-7000-8000-000000000001")
SUBMISSION = UUID("01957a00-0000-7000-8000-0000000000aa")
MAIL = UUID("01957a00-0000-7000-8000-0000000000bb")
CREDENTIAL = UUID("01957a00-0000-7000-8000-0000000000cc")
TENANT = "11111111-1111-4111-8111-111111111111"
CLIENT = "22222222-2222-4222-8222-222222222222"
SEALED = "eyJhbGciOiJFQ0RILUVTIn0..aXYtaXYtaXY.Y2lwaGVydGV4dA.dGFnLXRhZy10YWc"

VERDICT: dict[str, Any] = {
    "tenant": {"id": TENANT, "name": "Contoso", "domains": ["contoso.example"]},
    "application": {"client_id": CLIENT, "name": "Tenantlink access"},
    "secret": {"hint": "abc", "expires_at": NOW + timedelta(days=180), "expiry_source": "graph"},
    "permissions": {"granted": ["Organization.Read.All"], "missing": [], "excess": []},
}
PROBLEM: dict[str, Any] = {
    "code": "secret_wrong",
    "title": "The client secret is wrong",
    "cause": "Microsoft Entra did not accept it.",
    "remedy": "Copy the Value of the secret, not its Secret ID.",
    "field": "secret",
}

NOTICE: dict[str, Any] = {
    "kind": "service_created",
    "recipients": ["admin@contoso.example"],
    "data": {
        "customer_name": "Contoso",
        "full_name": "Contoso Direct Routing",
        "short_name": "contoso",
    },
}

_DEFAULTS: dict[type[Fact], dict[str, Any]] = {
    ServiceRequested: {
        "reference": "ORDER-1",
        "customer": {"external_id": "contoso", "name": "Contoso", "domains": ["contoso.example"]},
        "service_type": "Direct Routing",
        "short_name": "contoso",
        "full_name": "Contoso Direct Routing",
        "license": "Hosted Essentials+",
        "licensed_users": 50,
        "invitation": {"email": "admin@contoso.example"},
        "requested_by": "Operator",
        "onboarding_id": SUBJECT,
    },
    InvitationRoundRequested: {
        "round": 2,
        "reason": "resend",
        "invitation": {"email": "admin@contoso.example"},
        "customer_name": "Contoso",
        "full_name": "Contoso Direct Routing",
        "requested_by": "Operator",
    },
    InvitationWithdrawn: {"round": 1},
    TenantValidationRequested: {"run": 1, "revision": 1, "why": "onboarding"},
    ServiceCreated: {
        "reference": "ORDER-1",
        "short_name": "contoso",
        "full_name": "Contoso Direct Routing",
        "revision": 1,
        "created_at": NOW,
    },
    OnboardingCancelled: {"reference": "ORDER-1", "reason": "ordered twice"},
    ServiceRejected: {
        "reference": "ORDER-1",
        "reasons": [
            {
                "field": "licensed_users",
                "code": "licensed_users_range",
                "message": "Enter a whole number from 1 to 500.",
            }
        ],
    },
    ServiceClosed: {"reference": "ORDER-1", "reason": "the customer has left"},
    ServiceCreationRequested: {
        "onboarding_id": SUBJECT,
        "reference": "ORDER-1",
        "customer": {"external_id": "contoso", "name": "Contoso", "domains": ["contoso.example"]},
        "service_type": "Direct Routing",
        "short_name": "contoso",
        "dns_label": "contoso",
        "full_name": "Contoso Direct Routing",
        "license": "Hosted Essentials+",
        "licensed_users": 50,
        "tenant_id": TENANT,
        "m365_domain": "contoso.sbc.example",
        "m365_routing": "Microsoft 365 default routing and SBC configuration",
        "deadline": NOW + timedelta(hours=24),
    },
    ServiceProvisioned: {"onboarding_id": SUBJECT},
    ServiceProvisioningFailed: {"onboarding_id": SUBJECT, "reason": "no free number range"},
    NoticeRequested: {"notices": [NOTICE]},
    ForwardingRequested: {"round": 1, "email": "identity@contoso.example"},
    CredentialsWithdrawn: {"round": 1, "submission_id": SUBMISSION, "revision": 1},
    AuthenticationProgressed: {
        "revision": 1,
        "step": 1,
        "round": 1,
        "submission_id": SUBMISSION,
        "checks": [{"name": "sign_in", "state": "running"}, {"name": "tenant", "state": "open"}],
    },
    ClientSecretExpiring: {
        "revision": 1,
        "expires_at": NOW + timedelta(days=30),
        "threshold": 30,
    },
    InvitationIssued: {
        "round": 1,
        "email": "admin@contoso.example",
        "link": SEALED,
        "expires_at": NOW + timedelta(days=14),
        "customer_name": "Contoso",
        "full_name": "Contoso Direct Routing",
        "requested_by": "Operator",
    },
    InvitationExpired: {"round": 1},
    CredentialsSubmitted: {
        "round": 1,
        "submission_id": SUBMISSION,
        "tenant": TENANT,
        "client_id": CLIENT,
        "credential": {"kind": "secret", "sealed": SEALED},
    },
    DeviceAuthenticated: {
        "round": 1,
        "submission_id": SUBMISSION,
        "revision": 1,
        "credential_id": CREDENTIAL,
        "verdict": VERDICT,
    },
    DeviceAuthenticationFailed: {
        "round": 1,
        "submission_id": SUBMISSION,
        "revision": 1,
        "problem": PROBLEM,
    },
    TenantValidated: {"run": 1, "revision": 1, "why": "onboarding", "verdict": VERDICT},
    TenantValidationFailed: {"run": 1, "revision": 1, "why": "onboarding", "problem": PROBLEM},
    InvitationSent: {"round": 1, "mail_id": MAIL, "server_words": "250 OK"},
    InvitationDelayed: {
        "round": 1,
        "mail_id": MAIL,
        "server_words": "450 try later",
        "next_try": NOW + timedelta(minutes=1),
    },
    InvitationUndeliverable: {"round": 1, "mail_id": MAIL, "server_words": "550 no such user"},
}

F = TypeVar("F", bound=Fact)


def a_fact(kind: type[F], /, **changes: Any) -> F:
    """A fact with sensible data, changed as named."""
    return kind.model_validate({**_DEFAULTS[kind], **changes})


def an_event(
    kind: type[F], /, *, subject: UUID = SUBJECT, at: datetime = NOW, **changes: Any
) -> Event[F]:
    """An event about a subject, as its first publisher would send it."""
    return Event(
        id=new_id(),
        source=names.source(kind.publishers[0]),
        subject=subject,
        time=at,
        data=a_fact(kind, **changes),
    )


def a_notice(**changes: Any) -> Event[NoticeRequested]:
    """An event with one notice, changed as named."""
    return an_event(NoticeRequested, notices=[{**NOTICE, **changes}])
