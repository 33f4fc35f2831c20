"""The end of an order decides which secrets may stay."""

from datetime import datetime

from credential_validator.app.authenticate import jobs_without_secrets
from credential_validator.domain.credentials import Credentials
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import OnboardingCancelled, ServiceCreated
from tenantlink_runtime.decision import Decision


def on_service_created(
    credentials: Credentials, event: Event[ServiceCreated], now: datetime
) -> Decision[Credentials]:
    """Keep the one credential that the service uses, and newer ones."""
    created = credentials.created(event.data.revision)
    return Decision(created, jobs=jobs_without_secrets(credentials, created, now))


def on_onboarding_cancelled(
    credentials: Credentials, _event: Event[OnboardingCancelled], now: datetime
) -> Decision[Credentials]:
    """Keep nothing."""
    cancelled = credentials.cancel()
    return Decision(cancelled, jobs=jobs_without_secrets(credentials, cancelled, now))
