"""What the timeline says of a fact, in words for operators."""

from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import (
    CredentialsSubmitted,
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
    ServiceCreated,
    ServiceRequested,
    TenantValidationRequested,
)


def describe(fact: Fact, address: str = "") -> str:
    """One sentence. `address` is where the invitation goes, for facts that do not say it."""
    match fact:
        case ServiceRequested():
            what = f"{fact.short_name}, {fact.license}, {fact.licensed_users} users"
            return f"Ordered by {fact.requested_by}: {what}"
        case InvitationIssued():
            return f"Invitation issued for {fact.email}, valid until {fact.expires_at:%d %B %Y}"
        case InvitationSent():
            return f"Invitation sent{_to(address)}: {fact.server_words}"
        case InvitationDelayed():
            later = f"next try at {fact.next_try:%H:%M:%S} UTC"
            return f"Invitation{_to(address)} delayed, {later}: {fact.server_words}"
        case InvitationUndeliverable():
            return f"Invitation{_to(address)} undeliverable: {fact.server_words}"
        case InvitationExpired():
            return f"Invitation expired (round {fact.round})"
        case InvitationWithdrawn():
            return f"Invitation withdrawn (round {fact.round})"
        case InvitationRoundRequested():
            return f"New invitation wanted for {fact.invitation.email} (round {fact.round})"
        case _:
            return _describe_credentials(fact)


def _describe_credentials(fact: Fact) -> str:
    match fact:
        case CredentialsSubmitted():
            return f"Registration handed on to be checked: application {fact.client_id}"
        case DeviceAuthenticated():
            return f"Device authenticated: tenant {fact.verdict.tenant.name}"
        case DeviceAuthenticationFailed():
            return f"Registration not accepted: {fact.problem.title}"
        case TenantValidationRequested():
            return f"Validation of the tenant credentials requested (run {fact.run})"
        case TenantValidated():
            return f"Tenant credentials validated (run {fact.run})"
        case TenantValidationFailed():
            return f"Tenant credentials not valid (run {fact.run}): {fact.problem.title}"
        case _:
            return _describe_end(fact)


def _describe_end(fact: Fact) -> str:
    match fact:
        case ServiceCreated():
            return f"Service {fact.short_name} created"
        case OnboardingCancelled():
            return f"Cancelled: {fact.reason}"
        case NoticeRequested():
            told = (f"'{each.kind}' to {', '.join(each.recipients)}" for each in fact.notices)
            return f"Notice {'; '.join(told)}"
        case _:
            return fact.event_name()


def _to(address: str) -> str:
    return f" to {address}" if address else ""
