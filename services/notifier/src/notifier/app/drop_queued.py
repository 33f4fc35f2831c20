"""Mails whose link is dead are not sent: the job finds out by asking the correspondence."""

from datetime import datetime

from notifier.domain.correspondence import Correspondence
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationExpired
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
)
from tenantlink_runtime.decision import Decision


def on_round_ended(
    correspondence: Correspondence,
    event: Event[InvitationWithdrawn] | Event[InvitationExpired],
    _now: datetime,
) -> Decision[Correspondence]:
    """The round's links are dead."""
    return Decision(correspondence.died(event.data.round))


def on_service_created(
    correspondence: Correspondence, _event: Event[ServiceCreated], _now: datetime
) -> Decision[Correspondence]:
    """From now on people are invited to renew a secret, and to nothing else."""
    return Decision(correspondence.made())


def on_order_ended(
    correspondence: Correspondence,
    _event: Event[OnboardingCancelled] | Event[ServiceClosed],
    _now: datetime,
) -> Decision[Correspondence]:
    """The order is over."""
    return Decision(correspondence.finished())
