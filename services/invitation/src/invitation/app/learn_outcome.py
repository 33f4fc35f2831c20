"""Takes note of what Microsoft said, for the person who waits in the wizard."""

from datetime import datetime

from invitation.domain.invitation import Invitation
from invitation.domain.submissions import Outcome, Progress
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_runtime.decision import Decision


def on_progressed(
    invitation: Invitation, event: Event[AuthenticationProgressed], _now: datetime
) -> Decision[Invitation]:
    """How far a check has come. That of a validation is nobody's in the wizard."""
    fact = event.data
    if fact.submission_id is None:
        return Decision(invitation)
    progress = Progress(
        fact.revision, fact.step, fact.submission_id, fact.checks, fact.waiting_for, fact.next_try
    )
    return Decision(invitation.progressed(progress))


def on_authenticated(
    invitation: Invitation, event: Event[DeviceAuthenticated], _now: datetime
) -> Decision[Invitation]:
    """The registration is valid."""
    fact = event.data
    outcome = Outcome(fact.revision, fact.round, fact.submission_id, verdict=fact.verdict)
    return Decision(invitation.learned(outcome, event.time))


def on_failed(
    invitation: Invitation, event: Event[DeviceAuthenticationFailed], _now: datetime
) -> Decision[Invitation]:
    """Something has to be mended; the link stays good."""
    fact = event.data
    outcome = Outcome(fact.revision, fact.round, fact.submission_id, problem=fact.problem)
    return Decision(invitation.learned(outcome, event.time))
