"""The events that credential-validator listens to."""

from datetime import datetime

from credential_validator.app import authenticate, end, validate
from credential_validator.domain.credentials import Credentials
from credential_validator.entrypoints.jobs import CredentialValidatorJobs
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import CredentialsSubmitted, CredentialsWithdrawn
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    TenantValidationRequested,
)
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.subscribe import EventService, subscribe

Answer = Decision[Credentials]


class CredentialValidator(CredentialValidatorJobs, EventService):
    """The service as nameko sees it."""

    name = CREDENTIAL_VALIDATOR

    @subscribe(CredentialsSubmitted)
    def credentials_submitted(
        self, credentials: Credentials, event: Event[CredentialsSubmitted], now: datetime
    ) -> Answer:
        return authenticate.on_credentials_submitted(credentials, event, now)

    @subscribe(TenantValidationRequested)
    def tenant_validation_requested(
        self, credentials: Credentials, event: Event[TenantValidationRequested], now: datetime
    ) -> Answer:
        return validate.on_tenant_validation_requested(credentials, event, now)

    @subscribe(ServiceCreated)
    def service_created(
        self, credentials: Credentials, event: Event[ServiceCreated], now: datetime
    ) -> Answer:
        return end.on_service_created(credentials, event, now)

    @subscribe(OnboardingCancelled)
    def onboarding_cancelled(
        self, credentials: Credentials, event: Event[OnboardingCancelled], now: datetime
    ) -> Answer:
        return end.on_onboarding_cancelled(credentials, event, now)

    @subscribe(ServiceClosed)
    def service_closed(
        self, credentials: Credentials, event: Event[ServiceClosed], now: datetime
    ) -> Answer:
        return end.on_service_closed(credentials, event, now)

    @subscribe(CredentialsWithdrawn)
    def credentials_withdrawn(
        self, credentials: Credentials, event: Event[CredentialsWithdrawn], now: datetime
    ) -> Answer:
        return end.on_credentials_withdrawn(credentials, event, now)
