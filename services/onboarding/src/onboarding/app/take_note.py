"""Takes note of what the other three services say. Order and repetition do not matter."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.create_service import created
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import (
    Authentication,
    CreationFailure,
    Expiring,
    Forwarding,
    HandLink,
    IssuedLink,
    Mail,
    MailFate,
    Progress,
    Validation,
)
from onboarding.domain.states import State
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import (
    CredentialsWithdrawn,
    ForwardingRequested,
    InvitationExpired,
    InvitationIssued,
)
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_contracts.upstream import ServiceProvisioned, ServiceProvisioningFailed
from tenantlink_runtime.decision import Decision, Refusal

Answer = Decision[Onboarding] | Refusal
_UNKNOWN = Refusal("the fact is about an onboarding that never was")
_NOT_ASKED = Refusal("no provisioning system was asked to create this service")


def on_invitation_issued(
    onboarding: Onboarding, event: Event[InvitationIssued], _now: datetime
) -> Answer:
    """There is a link."""
    fact = event.data
    if onboarding.order is None:
        return _UNKNOWN
    noted = onboarding.issued(IssuedLink(fact.round, fact.email, fact.expires_at, event.time))
    if fact.delivery == "by_hand":
        noted = noted.handed(HandLink(fact.round, fact.link, event.time))
    return Decision(noted)


def on_invitation_sent(
    onboarding: Onboarding, event: Event[InvitationSent], _now: datetime
) -> Answer:
    """A mail server has accepted the mail."""
    mail = Mail(event.data.round, MailFate.SENT, event.data.server_words, at=event.time)
    return _mailed(onboarding, mail, event)


def on_invitation_delayed(
    onboarding: Onboarding, event: Event[InvitationDelayed], _now: datetime
) -> Answer:
    """A mail server has put the mail off."""
    fact = event.data
    mail = Mail(fact.round, MailFate.DELAYED, fact.server_words, fact.next_try, event.time)
    return _mailed(onboarding, mail, event)


def on_invitation_undeliverable(
    onboarding: Onboarding, event: Event[InvitationUndeliverable], _now: datetime
) -> Answer:
    """No mail server will take the mail."""
    fact = event.data
    mail = Mail(fact.round, MailFate.UNDELIVERABLE, fact.server_words, at=event.time)
    return _mailed(onboarding, mail, event)


def on_invitation_expired(
    onboarding: Onboarding, event: Event[InvitationExpired], _now: datetime
) -> Answer:
    """A round ended without credentials."""
    noted = onboarding.expired(event.data.round, event.time)
    return Decision(noted) if onboarding.order else _UNKNOWN


def on_forwarding_requested(
    onboarding: Onboarding, event: Event[ForwardingRequested], _now: datetime
) -> Answer:
    """Somebody with a link asks for another one."""
    fact = event.data
    wish = Forwarding(fact.round, event.time, fact.email, fact.why)
    return Decision(onboarding.wished(wish)) if onboarding.order else _UNKNOWN


def on_credentials_withdrawn(
    onboarding: Onboarding, event: Event[CredentialsWithdrawn], _now: datetime
) -> Answer:
    """It was the wrong organisation's registration."""
    noted = onboarding.taken_back(event.data.revision)
    return Decision(noted) if onboarding.order else _UNKNOWN


def on_authentication_progressed(
    onboarding: Onboarding, event: Event[AuthenticationProgressed], _now: datetime
) -> Answer:
    """A check takes long."""
    if onboarding.order is None:
        return _UNKNOWN
    fact = event.data
    if fact.run is not None and not onboarding.has_asked(fact.run):
        return Refusal(f"run {fact.run} was never asked for")
    progress = Progress(
        fact.revision,
        fact.step,
        fact.round,
        fact.submission_id,
        fact.run or 0,
        fact.checks,
        fact.waiting_for,
        fact.next_try,
        event.time,
    )
    return Decision(onboarding.progressed(progress))


def on_device_authenticated(
    onboarding: Onboarding, event: Event[DeviceAuthenticated], _now: datetime
) -> Answer:
    """Microsoft accepted a revision."""
    fact = event.data
    answer = Authentication(
        fact.revision,
        fact.round,
        verdict=fact.verdict,
        at=event.time,
        submission_id=fact.submission_id,
    )
    return Decision(onboarding.authenticated(answer)) if onboarding.order else _UNKNOWN


def on_device_authentication_failed(
    onboarding: Onboarding, event: Event[DeviceAuthenticationFailed], _now: datetime
) -> Answer:
    """Microsoft did not accept a revision."""
    fact = event.data
    answer = Authentication(
        fact.revision,
        fact.round,
        problem=fact.problem,
        at=event.time,
        submission_id=fact.submission_id,
    )
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


def on_client_secret_expiring(
    onboarding: Onboarding, event: Event[ClientSecretExpiring], _now: datetime
) -> Answer:
    """The secret of a revision ends soon."""
    fact = event.data
    noted = onboarding.expires_soon(
        Expiring(fact.revision, fact.threshold, fact.expires_at, event.time)
    )
    return Decision(noted) if onboarding.order else _UNKNOWN


def on_service_provisioned(
    onboarding: Onboarding, _event: Event[ServiceProvisioned], now: datetime
) -> Answer:
    """The provisioning system has created the service. An order that is cancelled stays so."""
    asked = onboarding.creation_asked
    if onboarding.order is None:
        return _UNKNOWN
    if asked is None:
        return _NOT_ASKED
    if onboarding.creation is not None or onboarding.state is State.CANCELLED:
        return Decision(onboarding)
    return created(onboarding, onboarding.order, asked.revision, now)


def on_service_provisioning_failed(
    onboarding: Onboarding, event: Event[ServiceProvisioningFailed], now: datetime
) -> Answer:
    """The provisioning system could not create the service; the newest attempt has failed."""
    asked = onboarding.creation_asked
    if onboarding.order is None:
        return _UNKNOWN
    if asked is None:
        return _NOT_ASKED
    failure = CreationFailure(asked.number, event.data.reason, now)
    known = onboarding.creation_failure
    if known is not None and known.number >= failure.number:
        return Decision(onboarding)
    return Decision(replace(onboarding, creation_failure=failure))


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
