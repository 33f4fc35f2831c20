"""Takes note of what the other three services say. Order and repetition do not matter."""

from datetime import datetime

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Authentication, IssuedLink, Mail, MailFate, Validation
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationExpired, InvitationIssued
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_runtime.decision import Decision, Refusal

Answer = Decision[Onboarding] | Refusal
_UNKNOWN = Refusal("the fact is about an onboarding that never was")


def on_invitation_issued(
    onboarding: Onboarding, event: Event[InvitationIssued], _now: datetime
) -> Answer:
    """There is a link."""
    fact = event.data
    link = IssuedLink(fact.round, fact.email, fact.expires_at)
    return Decision(onboarding.issued(link)) if onboarding.order else _UNKNOWN


def on_invitation_sent(
    onboarding: Onboarding, event: Event[InvitationSent], _now: datetime
) -> Answer:
    """A mail server has accepted the mail."""
    mail = Mail(event.data.round, MailFate.SENT, event.data.server_words)
    return _mailed(onboarding, mail, event)


def on_invitation_delayed(
    onboarding: Onboarding, event: Event[InvitationDelayed], _now: datetime
) -> Answer:
    """A mail server has put the mail off."""
    fact = event.data
    mail = Mail(fact.round, MailFate.DELAYED, fact.server_words, fact.next_try)
    return _mailed(onboarding, mail, event)


def on_invitation_undeliverable(
    onboarding: Onboarding, event: Event[InvitationUndeliverable], _now: datetime
) -> Answer:
    """No mail server will take the mail."""
    mail = Mail(event.data.round, MailFate.UNDELIVERABLE, event.data.server_words)
    return _mailed(onboarding, mail, event)


def on_invitation_expired(
    onboarding: Onboarding, event: Event[InvitationExpired], _now: datetime
) -> Answer:
    """A round ended without credentials."""
    return Decision(onboarding.expired(event.data.round)) if onboarding.order else _UNKNOWN


def on_device_authenticated(
    onboarding: Onboarding, event: Event[DeviceAuthenticated], _now: datetime
) -> Answer:
    """Microsoft accepted a revision."""
    fact = event.data
    answer = Authentication(fact.revision, fact.round, verdict=fact.verdict)
    return Decision(onboarding.authenticated(answer)) if onboarding.order else _UNKNOWN


def on_device_authentication_failed(
    onboarding: Onboarding, event: Event[DeviceAuthenticationFailed], _now: datetime
) -> Answer:
    """Microsoft did not accept a revision."""
    fact = event.data
    answer = Authentication(fact.revision, fact.round, problem=fact.problem)
    return Decision(onboarding.authenticated(answer)) if onboarding.order else _UNKNOWN


def on_tenant_validated(
    onboarding: Onboarding, event: Event[TenantValidated], _now: datetime
) -> Answer:
    """A run found the credentials good."""
    fact = event.data
    answer = Validation(fact.run, fact.revision, event.time, verdict=fact.verdict)
    return _validated(onboarding, answer)


def on_tenant_validation_failed(
    onboarding: Onboarding, event: Event[TenantValidationFailed], _now: datetime
) -> Answer:
    """A run found the credentials bad."""
    fact = event.data
    answer = Validation(fact.run, fact.revision, event.time, problem=fact.problem)
    return _validated(onboarding, answer)


def _mailed(
    onboarding: Onboarding,
    mail: Mail,
    event: Event[InvitationSent] | Event[InvitationDelayed] | Event[InvitationUndeliverable],
) -> Answer:
    if onboarding.order is None:
        return _UNKNOWN
    return Decision(onboarding.mailed(mail, event.data.mail_id))


def _validated(onboarding: Onboarding, answer: Validation) -> Answer:
    if onboarding.order is None:
        return _UNKNOWN
    if not onboarding.has_asked(answer.run):
        return Refusal(f"run {answer.run} was never asked for")
    return Decision(onboarding.validated(answer))
