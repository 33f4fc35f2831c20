"""The events that invitation listens to."""

from datetime import datetime

from invitation.app import end_links, issue_link, learn_outcome
from invitation.domain.invitation import Invitation
from invitation.entrypoints.jobs import InvitationJobs
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.names import INVITATION
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    ServiceRequested,
)
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.subscribe import EventService, subscribe

Answer = Decision[Invitation]


class Invitations(InvitationJobs, EventService):
    """The service as nameko sees it."""

    name = INVITATION

    @subscribe(ServiceRequested)
    def service_requested(
        self, invitation: Invitation, event: Event[ServiceRequested], now: datetime
    ) -> Answer:
        return issue_link.on_service_requested(invitation, event, now, self.links)

    @subscribe(InvitationRoundRequested)
    def invitation_round_requested(
        self, invitation: Invitation, event: Event[InvitationRoundRequested], now: datetime
    ) -> Answer:
        return issue_link.on_round_requested(invitation, event, now, self.links)

    @subscribe(InvitationWithdrawn)
    def invitation_withdrawn(
        self, invitation: Invitation, event: Event[InvitationWithdrawn], now: datetime
    ) -> Answer:
        return end_links.on_withdrawn(invitation, event, now)

    @subscribe(OnboardingCancelled)
    def onboarding_cancelled(
        self, invitation: Invitation, event: Event[OnboardingCancelled], now: datetime
    ) -> Answer:
        return end_links.on_order_ended(invitation, event, now)

    @subscribe(ServiceCreated)
    def service_created(
        self, invitation: Invitation, event: Event[ServiceCreated], now: datetime
    ) -> Answer:
        return end_links.on_created(invitation, event, now)

    @subscribe(ServiceClosed)
    def service_closed(
        self, invitation: Invitation, event: Event[ServiceClosed], now: datetime
    ) -> Answer:
        return end_links.on_order_ended(invitation, event, now)

    @subscribe(AuthenticationProgressed)
    def authentication_progressed(
        self, invitation: Invitation, event: Event[AuthenticationProgressed], now: datetime
    ) -> Answer:
        return learn_outcome.on_progressed(invitation, event, now)

    @subscribe(DeviceAuthenticated)
    def device_authenticated(
        self, invitation: Invitation, event: Event[DeviceAuthenticated], now: datetime
    ) -> Answer:
        return learn_outcome.on_authenticated(invitation, event, now)

    @subscribe(DeviceAuthenticationFailed)
    def device_authentication_failed(
        self, invitation: Invitation, event: Event[DeviceAuthenticationFailed], now: datetime
    ) -> Answer:
        return learn_outcome.on_failed(invitation, event, now)
