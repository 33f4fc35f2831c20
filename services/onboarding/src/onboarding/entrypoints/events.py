"""The events that onboarding listens to."""

from datetime import datetime

from onboarding.app import take_note
from onboarding.app.take_note import Answer
from onboarding.domain.onboarding import Onboarding
from onboarding.entrypoints.intake import Intake
from onboarding.entrypoints.jobs import OnboardingJobs
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import (
    CredentialsWithdrawn,
    ForwardingRequested,
    InvitationExpired,
    InvitationIssued,
)
from tenantlink_contracts.names import ONBOARDING
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_runtime.subscribe import EventService, subscribe


class Onboardings(Intake, OnboardingJobs, EventService):
    """The service as nameko sees it."""

    name = ONBOARDING

    @subscribe(InvitationIssued)
    def invitation_issued(
        self, onboarding: Onboarding, event: Event[InvitationIssued], now: datetime
    ) -> Answer:
        return take_note.on_invitation_issued(onboarding, event, now)

    @subscribe(InvitationSent)
    def invitation_sent(
        self, onboarding: Onboarding, event: Event[InvitationSent], now: datetime
    ) -> Answer:
        return take_note.on_invitation_sent(onboarding, event, now)

    @subscribe(InvitationDelayed)
    def invitation_delayed(
        self, onboarding: Onboarding, event: Event[InvitationDelayed], now: datetime
    ) -> Answer:
        return take_note.on_invitation_delayed(onboarding, event, now)

    @subscribe(InvitationUndeliverable)
    def invitation_undeliverable(
        self, onboarding: Onboarding, event: Event[InvitationUndeliverable], now: datetime
    ) -> Answer:
        return take_note.on_invitation_undeliverable(onboarding, event, now)

    @subscribe(InvitationExpired)
    def invitation_expired(
        self, onboarding: Onboarding, event: Event[InvitationExpired], now: datetime
    ) -> Answer:
        return take_note.on_invitation_expired(onboarding, event, now)

    @subscribe(DeviceAuthenticated)
    def device_authenticated(
        self, onboarding: Onboarding, event: Event[DeviceAuthenticated], now: datetime
    ) -> Answer:
        return take_note.on_device_authenticated(onboarding, event, now)

    @subscribe(DeviceAuthenticationFailed)
    def device_authentication_failed(
        self, onboarding: Onboarding, event: Event[DeviceAuthenticationFailed], now: datetime
    ) -> Answer:
        return take_note.on_device_authentication_failed(onboarding, event, now)

    @subscribe(TenantValidated)
    def tenant_validated(
        self, onboarding: Onboarding, event: Event[TenantValidated], now: datetime
    ) -> Answer:
        return take_note.on_tenant_validated(onboarding, event, now)

    @subscribe(TenantValidationFailed)
    def tenant_validation_failed(
        self, onboarding: Onboarding, event: Event[TenantValidationFailed], now: datetime
    ) -> Answer:
        return take_note.on_tenant_validation_failed(onboarding, event, now)

    @subscribe(ForwardingRequested)
    def forwarding_requested(
        self, onboarding: Onboarding, event: Event[ForwardingRequested], now: datetime
    ) -> Answer:
        return take_note.on_forwarding_requested(onboarding, event, now)

    @subscribe(CredentialsWithdrawn)
    def credentials_withdrawn(
        self, onboarding: Onboarding, event: Event[CredentialsWithdrawn], now: datetime
    ) -> Answer:
        return take_note.on_credentials_withdrawn(onboarding, event, now)

    @subscribe(AuthenticationProgressed)
    def authentication_progressed(
        self, onboarding: Onboarding, event: Event[AuthenticationProgressed], now: datetime
    ) -> Answer:
        return take_note.on_authentication_progressed(onboarding, event, now)

    @subscribe(ClientSecretExpiring)
    def client_secret_expiring(
        self, onboarding: Onboarding, event: Event[ClientSecretExpiring], now: datetime
    ) -> Answer:
        return take_note.on_client_secret_expiring(onboarding, event, now)
