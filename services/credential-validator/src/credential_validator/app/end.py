"""What decides which secrets may stay: the creation, a withdrawal, the end of an order."""

from datetime import datetime

from credential_validator.app.authenticate import jobs_without_secrets
from credential_validator.app.tell_expiry import jobs_for_expiry
from credential_validator.app.validate import jobs_for_lost_hope
from credential_validator.domain.credentials import Credentials
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import CredentialsWithdrawn
from tenantlink_contracts.onboarding import OnboardingCancelled, ServiceClosed, ServiceCreated
from tenantlink_runtime.decision import Decision


def on_service_created(
    credentials: Credentials, event: Event[ServiceCreated], now: datetime
) -> Decision[Credentials]:
    """Keep the one credential that the service uses; from now on its end is watched."""
    return _now(credentials, credentials.created(event.data.revision), now)


def on_credentials_withdrawn(
    credentials: Credentials, event: Event[CredentialsWithdrawn], now: datetime
) -> Decision[Credentials]:
    """Forget it; the link may connect another registration."""
    return _now(credentials, credentials.withdraw(event.data.submission_id), now)


def on_onboarding_cancelled(
    credentials: Credentials, _event: Event[OnboardingCancelled], now: datetime
) -> Decision[Credentials]:
    """Keep nothing."""
    return _now(credentials, credentials.end(), now)


def on_service_closed(
    credentials: Credentials, _event: Event[ServiceClosed], now: datetime
) -> Decision[Credentials]:
    """Keep nothing of a service that is no more, either."""
    return _now(credentials, credentials.end(), now)


def _now(before: Credentials, after: Credentials, now: datetime) -> Decision[Credentials]:
    emptied = jobs_without_secrets(before, after, now)
    return Decision(
        after,
        jobs=(
            *emptied,
            *jobs_for_lost_hope(before, after, now),
            *jobs_for_expiry(before, after, now),
        ),
    )
