"""Links die when a round is withdrawn, when the service exists and when the order is over."""

from datetime import datetime

from invitation.domain.invitation import Invitation
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
)
from tenantlink_runtime.decision import Decision


def on_withdrawn(
    invitation: Invitation, event: Event[InvitationWithdrawn], _now: datetime
) -> Decision[Invitation]:
    """This round and all before it."""
    return Decision(invitation.withdrawn(event.data.round))


def on_created(
    invitation: Invitation, event: Event[ServiceCreated], _now: datetime
) -> Decision[Invitation]:
    """Every round so far; renewals come later, and live."""
    return Decision(invitation.created(event.data.created_at))


def on_order_ended(
    invitation: Invitation,
    _event: Event[OnboardingCancelled] | Event[ServiceClosed],
    _now: datetime,
) -> Decision[Invitation]:
    """Every round, for good."""
    return Decision(invitation.finished())
