"""Links die when a round is withdrawn or the order is over."""

from datetime import datetime

from invitation.domain.invitation import Invitation
from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceCreated,
)
from tenantlink_runtime.decision import Decision


def on_withdrawn(
    invitation: Invitation, event: Event[InvitationWithdrawn], _now: datetime
) -> Decision[Invitation]:
    """This round and all before it."""
    return Decision(invitation.withdrawn(event.data.round))


def on_order_ended(
    invitation: Invitation,
    _event: Event[OnboardingCancelled] | Event[ServiceCreated],
    _now: datetime,
) -> Decision[Invitation]:
    """Every round."""
    return Decision(invitation.finished())
