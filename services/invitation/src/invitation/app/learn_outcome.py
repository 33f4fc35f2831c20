"""Takes note of what Microsoft said, for the person who waits in the wizard."""

from datetime import datetime

from invitation.domain.invitation import Invitation, Outcome
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_runtime.decision import Decision


def on_authenticated(
    invitation: Invitation, event: Event[DeviceAuthenticated], _now: datetime
) -> Decision[Invitation]:
    """The registration is valid."""
    fact = event.data
    outcome = Outcome(fact.revision, fact.round, fact.submission_id, verdict=fact.verdict)
    return Decision(invitation.learned(outcome))


def on_failed(
    invitation: Invitation, event: Event[DeviceAuthenticationFailed], _now: datetime
) -> Decision[Invitation]:
    """Something has to be mended; the link stays good."""
    fact = event.data
    outcome = Outcome(fact.revision, fact.round, fact.submission_id, problem=fact.problem)
    return Decision(invitation.learned(outcome))
