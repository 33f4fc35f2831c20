"""What the mails say: one typed model per mail, named like its folder of templates."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, dataclass, fields
from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from tenantlink_contracts.onboarding import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """Every mail is about an order."""

    template: ClassVar[str]

    customer_name: str
    full_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMail(Mail):
    """Asks the customer's IT administrator to enter an app registration."""

    template: ClassVar[str] = "invitation"

    link: str
    requested_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationAgainMail(InvitationMail):
    """A new link; the earlier ones are dead."""

    template: ClassVar[str] = "invitation_again"


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationReminderMail(InvitationMail):
    """The link was not used yet. `secret_expires_at`: it is a renewal's."""

    template: ClassVar[str] = "invitation_reminder"

    secret_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationRenewalMail(InvitationMail):
    """Asks for a new secret before the old one ends; the service goes on meanwhile."""

    template: ClassVar[str] = "invitation_renewal"

    secret_expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeMail(Mail):
    """Tells something; what may be absent has a default."""

    short_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OperatorMail(NoticeMail):
    """To whoever runs the order; `console_url` is empty where the console has no public address."""

    console_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthenticatedMail(OperatorMail):
    """The registration works; the operator goes on."""

    template: ClassVar[str] = "authenticated"

    tenant_name: str
    claimed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndeliverableMail(OperatorMail):
    """The invitation could not be delivered."""

    template: ClassVar[str] = "undeliverable"

    email: str
    server_words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StuckMail(OperatorMail):
    """An answer is overdue. `waiting_for` is who owes it, as onboarding names actors."""

    template: ClassVar[str] = "stuck"

    state_words: str
    waiting_since: datetime | None
    waiting_for: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpiredMail(OperatorMail):
    """The link ended unused."""

    template: ClassVar[str] = "expired"

    email: str
    expired_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttentionMail(OperatorMail):
    """A service that exists has a trouble, or an order that nobody watches."""

    template: ClassVar[str] = "attention"

    problem_title: str
    problem_remedy: str
    days_left: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitingMail(OperatorMail):
    """An order has waited a week for its operator."""

    template: ClassVar[str] = "waiting"

    state_words: str
    waiting_since: datetime | None
    cancelled_on: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForwardingMail(OperatorMail):
    """Somebody with a link asks for another one."""

    template: ClassVar[str] = "forwarding"

    why: str
    email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CreationFailedMail(OperatorMail):
    """The provisioning system could not create the service."""

    template: ClassVar[str] = "creation_failed"

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptMail(NoticeMail):
    """What is stored of a registration that works. `expiry` says where its end is known from, if
    not from Microsoft for sure: `declared` or `earliest`. `renewal`: of a service that exists.
    Notifier itself adds the link to the page that tells how things stand."""

    template: ClassVar[str] = "receipt"

    tenant_name: str
    tenant_id: str
    client_id: str
    application_name: str
    secret_hint: str
    secret_expires_at: datetime | None
    contact: str
    expiry: str = ""
    renewal: str = ""
    status_link: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemMail(NoticeMail):
    """After waiting for Microsoft in vain: what the administrator can mend."""

    template: ClassVar[str] = "problem"

    problem_code: str
    problem_title: str
    problem_cause: str
    problem_remedy: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCreatedMail(OperatorMail):
    """The service exists; operators and administrators are told the same."""

    template: ClassVar[str] = "service_created"


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedOverMail(NoticeMail):
    """An operator has taken a link of the administrator's, to hand it over by hand."""

    template: ClassVar[str] = "handed_over"

    by: str


NOTICES: dict[NoticeKind, type[NoticeMail]] = {
    NoticeKind.AUTHENTICATED: AuthenticatedMail,
    NoticeKind.UNDELIVERABLE: UndeliverableMail,
    NoticeKind.STUCK: StuckMail,
    NoticeKind.EXPIRED: ExpiredMail,
    NoticeKind.ATTENTION: AttentionMail,
    NoticeKind.WAITING: WaitingMail,
    NoticeKind.FORWARDING: ForwardingMail,
    NoticeKind.CREATION_FAILED: CreationFailedMail,
    NoticeKind.RECEIPT: ReceiptMail,
    NoticeKind.PROBLEM: ProblemMail,
    NoticeKind.SERVICE_CREATED: ServiceCreatedMail,
    NoticeKind.HANDED_OVER: HandedOverMail,
}
INVITATIONS: tuple[type[InvitationMail], ...] = (
    InvitationMail,
    InvitationAgainMail,
    InvitationReminderMail,
    InvitationRenewalMail,
)
# Not from a notice's data: what notifier adds, and what no producer may choose.
_ADDED = {"status_link"}


class BadNotice(ValueError):
    """A notice without what its mail says; the text says what is missing or wrong."""


def notice_mail(kind: NoticeKind, data: Mapping[str, str]) -> NoticeMail:
    """The mail of a notice; BadNotice where it lacks something. What newer producers add is left
    out."""
    mail = NOTICES[kind]
    read = (each for each in fields(mail) if each.name not in _ADDED)
    try:
        return mail(**{each.name: _value(each, data) for each in read})
    except KeyError as missing:
        raise BadNotice(f"a notice of the kind {kind} needs {missing}") from None
    except ValueError as error:
        raise BadNotice(f"a notice of the kind {kind}: {error}") from None


def _value(each: "Field[Any]", data: Mapping[str, str]) -> Any:
    if each.name not in data and each.default is not MISSING:
        return each.default
    text = data[each.name]
    return text if each.type is str else _moment(each.name, text)


def _moment(name: str, text: str) -> datetime | None:
    """ISO 8601 with a zone; empty where it is not known."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{name} is no date and time") from None
    if at.tzinfo is None:
        raise ValueError(f"{name} has no time zone")
    return at


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A mail on its way to one recipient. `mail_id` makes the Message-ID, the same at every try."""

    mail_id: UUID
    recipient: str
    mail: Mail
    language: str = "en"
    brand: str = "default"
