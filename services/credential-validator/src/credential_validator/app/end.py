"""The end of an order decides which secrets may stay."""

from datetime import datetime

from credential_validator.domain.credentials import Credentials
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import OnboardingCancelled, ServiceCreated
from tenantlink_runtime.decision import Decision


def on_service_created(
    credentials: Credentials, event: Event[ServiceCreated], _now: datetime
) -> Decision[Credentials]:
    """Keep the one credential that the service uses, and newer ones."""
    return Decision(credentials.created(event.data.revision))


def on_onboarding_cancelled(
    credentials: Credentials, _event: Event[OnboardingCancelled], _now: datetime
) -> Decision[Credentials]:
    """Keep nothing."""
    return Decision(credentials.cancel())
