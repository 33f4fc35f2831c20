"""The events that notifier listens to."""

from datetime import datetime

from notifier.app import drop_queued, queue_mail
from notifier.domain.correspondence import Correspondence
from notifier.entrypoints.jobs import NotifierJobs
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.names import NOTIFIER
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    NoticeRequested,
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
)
from tenantlink_runtime.decision import Decision, Refusal
from tenantlink_runtime.subscribe import EventService, subscribe

Answer = Decision[Correspondence] | Refusal


class Notifier(NotifierJobs, EventService):
    """The service as nameko sees it."""

    name = NOTIFIER

    @subscribe(InvitationIssued)
    def invitation_issued(
        self, correspondence: Correspondence, event: Event[InvitationIssued], now: datetime
    ) -> Answer:
        return queue_mail.on_invitation_issued(correspondence, event, now)

    @subscribe(NoticeRequested)
    def notice_requested(
        self, correspondence: Correspondence, event: Event[NoticeRequested], now: datetime
    ) -> Answer:
        return queue_mail.on_notice_requested(correspondence, event, now)

    @subscribe(InvitationWithdrawn)
    def invitation_withdrawn(
        self, correspondence: Correspondence, event: Event[InvitationWithdrawn], now: datetime
    ) -> Answer:
        return drop_queued.on_round_ended(correspondence, event, now)

    @subscribe(InvitationExpired)
    def invitation_expired(
        self, correspondence: Correspondence, event: Event[InvitationExpired], now: datetime
    ) -> Answer:
        return drop_queued.on_round_ended(correspondence, event, now)

    @subscribe(OnboardingCancelled)
    def onboarding_cancelled(
        self, correspondence: Correspondence, event: Event[OnboardingCancelled], now: datetime
    ) -> Answer:
        return drop_queued.on_order_ended(correspondence, event, now)

    @subscribe(ServiceCreated)
    def service_created(
        self, correspondence: Correspondence, event: Event[ServiceCreated], now: datetime
    ) -> Answer:
        return drop_queued.on_service_created(correspondence, event, now)

    @subscribe(ServiceClosed)
    def service_closed(
        self, correspondence: Correspondence, event: Event[ServiceClosed], now: datetime
    ) -> Answer:
        return drop_queued.on_order_ended(correspondence, event, now)
