"""What the timeline says of a fact, in words for operators."""

from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
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
    ServiceCreated,
    ServiceRequested,
    TenantValidationRequested,
)


def describe(fact: Fact) -> str:
    """One sentence."""
    match fact:
        case ServiceRequested():
            return f"Ordered: {fact.short_name}, {fact.license}, {fact.licensed_users} users"
        case InvitationIssued():
            return f"Invitation issued for {fact.email}, valid until {fact.expires_at:%d %B %Y}"
        case InvitationSent():
            return f"Invitation accepted by the mail server: {fact.server_words}"
        case InvitationDelayed():
            return f"Invitation delayed by the mail server: {fact.server_words}"
        case InvitationUndeliverable():
            return f"Invitation undeliverable: {fact.server_words}"
        case InvitationExpired():
            return f"Invitation expired (round {fact.round})"
        case InvitationWithdrawn():
            return f"Invitation withdrawn (round {fact.round})"
        case InvitationRoundRequested():
            return f"Invitation sent again to {fact.invitation.email} (round {fact.round})"
        case _:
            return _describe_rest(fact)


def _describe_rest(fact: Fact) -> str:
    match fact:
        case DeviceAuthenticated():
            return f"Registration authenticated: tenant {fact.verdict.tenant.name}"
        case DeviceAuthenticationFailed():
            return f"Registration not accepted: {fact.problem.title}"
        case TenantValidationRequested():
            return f"Validation of the tenant credentials requested (run {fact.run})"
        case TenantValidated():
            return f"Tenant credentials validated (run {fact.run})"
        case TenantValidationFailed():
            return f"Tenant credentials not valid (run {fact.run}): {fact.problem.title}"
        case ServiceCreated():
            return f"Service {fact.short_name} created"
        case OnboardingCancelled():
            return f"Cancelled: {fact.reason}"
        case NoticeRequested():
            return f"Notice '{fact.kind}' to {', '.join(fact.recipients)}"
        case _:
            return fact.event_name()
