"""What the timeline says of a fact, in words for operators."""

from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
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
    RoundReason,
    ServiceClosed,
    ServiceCreated,
    ServiceCreationRequested,
    ServiceRequested,
    TenantValidationRequested,
)
from tenantlink_contracts.upstream import ServiceProvisioned, ServiceProvisioningFailed

_ISSUED = {
    "first": "Invitation issued",
    "again": "New invitation issued",
    "reminder": "Reminder issued",
    "renewal": "Link for a new secret issued",
}
_WANTED = {
    RoundReason.RESEND: "New invitation",
    RoundReason.ADDRESS_CHANGED: "Invitation to another address",
    RoundReason.EXTENDED: "Longer invitation",
    RoundReason.BY_HAND: "Link to be handed over by hand",
    RoundReason.RENEWAL: "Link for a new secret",
}


def describe(fact: Fact, address: str = "") -> str:
    """One sentence. `address` is where the invitation goes, for facts that do not say it."""
    match fact:
        case ServiceRequested():
            what = f"{fact.short_name}, {fact.license}, {fact.licensed_users} users"
            return f"Ordered by {fact.requested_by}: {what}"
        case InvitationIssued():
            by_hand = ", to be handed over by hand" if fact.delivery == "by_hand" else ""
            until = f"valid until {fact.expires_at:%d %B %Y}"
            return f"{_ISSUED[fact.kind]} for {fact.email}{by_hand}, {until}"
        case ForwardingRequested(why="new_link"):
            return f"{fact.email} asks for another link"
        case ForwardingRequested():
            return f"The link should go to {fact.email} instead, says its holder"
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
            wanted = _WANTED[fact.reason]
            return f"{wanted} wanted for {fact.invitation.email} (round {fact.round})"
        case _:
            return _describe_credentials(fact)


def _describe_credentials(fact: Fact) -> str:
    match fact:
        case CredentialsSubmitted():
            return f"Registration handed on to be checked: application {fact.client_id}"
        case AuthenticationProgressed():
            return _describe_progress(fact)
        case CredentialsWithdrawn():
            return "The administrator says that the registration is of the wrong organisation"
        case ClientSecretExpiring():
            days = f"{fact.threshold} day{'s' * (fact.threshold != 1)}"
            return (
                f"The client secret ends on {fact.expires_at:%d %b %Y}, in {days} or less"
                if fact.threshold
                else "The client secret has ended"
            )
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
        case ServiceCreationRequested():
            until = f"{fact.deadline:%d %B %Y, %H:%M} UTC"
            return f"The provisioning system was asked to create the service until {until}"
        case ServiceProvisioned():
            return f"The provisioning system has created the service{_noted(fact.notes)}"
        case ServiceProvisioningFailed():
            return f"The provisioning system could not create the service: {fact.reason}"
        case ServiceClosed():
            return f"Closed: {fact.reason}"
        case ServiceCreated():
            return f"Service {fact.short_name} created"
        case OnboardingCancelled():
            return f"Cancelled: {fact.reason}"
        case NoticeRequested():
            told = (f"'{each.kind}' to {', '.join(each.recipients)}" for each in fact.notices)
            return f"Notice {'; '.join(told)}"
        case _:
            return fact.event_name()


def _describe_progress(fact: AuthenticationProgressed) -> str:
    what = f"Validation (run {fact.run})" if fact.run else "Check of the registration"
    if fact.waiting_for is None:
        return f"{what} goes on"
    later = f", next try at {fact.next_try:%H:%M:%S} UTC" if fact.next_try else ""
    return f"{what} waits for Microsoft{later}: {fact.waiting_for.title}"


def _noted(notes: str | None) -> str:
    return f": {notes}" if notes else ""


def _to(address: str) -> str:
    return f" to {address}" if address else ""
