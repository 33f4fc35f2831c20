"""Builders of jobs and mails, with defaults, and the collaborators that tests give to verbs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifier.app.ports import Accepted, Deferred, Refused
from notifier.app.queue_mail import SEND_INVITATION, SEND_NOTICE
from notifier.domain.correspondence import Correspondence, Letter
from notifier.domain.mails import InvitationMail, Mail, Outgoing, ServiceCreatedMail
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.job import Job
from tenantlink_runtime.sealing import CannotOpen
from tests.support.events import CLIENT, MAIL, NOW, SEALED, SUBJECT, TENANT, a_fact

LINK = "https://wizard.fabrikam.example/invitation/Zk3v9Qm1xT8bR2nL5wY7cD0aH4jE6gS1uP3oI9fKXyM"
END = NOW + timedelta(days=14)
TAKEN = Accepted("250 OK")

_NAMES = {
    "customer_name": "Contoso",
    "full_name": "Contoso Direct Routing",
    "short_name": "contoso",
}
_CONSOLE = {"console_url": f"https://console.fabrikam.example/onboardings/{SUBJECT}"}
_PROBLEM = {
    "problem_title": "The client secret is wrong",
    "problem_remedy": "Copy the Value of the secret, not its Secret ID.",
}
_TO_OPERATOR: dict[str, dict[str, str]] = {
    "authenticated": {"tenant_name": "Contoso Tenant", "claimed_by": "Olga Operator"},
    "undeliverable": {"email": "admin@contoso.example", "server_words": "550 no such user"},
    "stuck": {
        "state_words": "Device is being authenticated",
        "waiting_since": "2026-03-02T09:00:00+00:00",
        "waiting_for": "Microsoft",
    },
    "expired": {"email": "admin@contoso.example", "expired_at": "2026-03-16T09:00:00+00:00"},
    "attention": {**_PROBLEM, "days_left": "14"},
    "waiting": {
        "state_words": "Device authenticated",
        "waiting_since": "2026-03-02T09:00:00+00:00",
        "cancelled_on": "2026-05-31T09:00:00+00:00",
    },
    "forwarding": {"why": "other_person", "email": "identity@contoso.example"},
    "creation_failed": {"reason": "There is no free number range"},
}
_TO_ADMINISTRATOR: dict[str, dict[str, str]] = {
    "receipt": {
        "tenant_name": "Contoso Tenant",
        "tenant_id": TENANT,
        "client_id": CLIENT,
        "application_name": "Telephony access",
        "secret_hint": "abc",
        "secret_expires_at": "2026-08-29T09:00:00+00:00",
        "contact": "Olga Operator",
    },
    "problem": {
        **_PROBLEM,
        "problem_code": "secret_wrong",
        "problem_cause": "Microsoft Entra did not accept it.",
    },
    "service_created": {},
    "handed_over": {"by": "Olga Operator"},
}

# One notice of every kind, as onboarding sends it.
NOTICES: dict[str, dict[str, Any]] = {
    kind: {"kind": kind, "recipients": [recipient], "data": {**_NAMES, **more, **data}}
    for recipient, more, notices in (
        ("operator@fabrikam.example", _CONSOLE, _TO_OPERATOR),
        ("admin@contoso.example", {}, _TO_ADMINISTRATOR),
    )
    for kind, data in notices.items()
}


@dataclass
class AnsweringCourier:
    """A `Courier` that gives the same answer to every mail, and remembers what it was given."""

    answer: Accepted | Deferred | Refused = TAKEN
    sent: list[Outgoing] = field(default_factory=list)

    def send(self, outgoing: Outgoing) -> Accepted | Deferred | Refused:
        """One mail to one recipient."""
        self.sent.append(outgoing)
        return self.answer


@dataclass(frozen=True)
class KnownCorrespondence:
    """`Correspondences` of one onboarding, or of none."""

    known: Correspondence | None = None

    def find(self, subject: UUID) -> Correspondence | None:
        """None where nothing is known."""
        return self.known if self.known and self.known.id == subject else None

    def with_mail(self, mail_id: UUID) -> Correspondence | None:
        """None where the onboarding has no such mail."""
        return self.known if self.known and self.known.letter(mail_id) else None


@dataclass
class Counted:
    """`Counts` that remembers."""

    mails: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, kind: str, outcome: str) -> None:
        """One more."""
        self.mails.append((kind, outcome))


@dataclass(frozen=True)
class OpeningLinks:
    """A `LinkOpener` for what was sealed at one place."""

    subject: UUID = SUBJECT
    round: int = 1

    def open_link(self, sealed: str, subject: UUID, round_: int) -> str:
        """The link, or CannotOpen for any other place."""
        if (sealed, subject, round_) != (SEALED, self.subject, self.round):
            raise CannotOpen("sealed for another place")
        return LINK


def an_invitation_job(*, attempts: int = 0, **issued: Any) -> Job:
    """The claimed job of an invitation's mail."""
    fact = a_fact(InvitationIssued, **issued)
    data = {
        "mail_id": str(MAIL),
        "at": NOW.isoformat(),
        "issued": fact.model_dump(mode="json"),
    }
    return a_job(SEND_INVITATION, data, attempts)


def a_notice_job(*, attempts: int = 0, **data: Any) -> Job:
    """The claimed job of a notice's mail."""
    names = {"customer_name": "Contoso", "full_name": "Contoso Voice", "short_name": "contoso"}
    usual = {
        "mail_id": str(MAIL),
        "recipient": "admin@contoso.example",
        "kind": "service_created",
        "language": "en",
        "brand": "default",
        "data": names,
    }
    return a_job(SEND_NOTICE, usual | data, attempts)


def a_job(kind: str, data: dict[str, Any], attempts: int = 0) -> Job:
    """A claimed job; `attempts` counts the tries before this one."""
    return Job(new_id(), kind, SUBJECT, 1, "first", data, attempts, new_id(), "contoso.example")


def an_invitation_mail(
    *,
    link: str = LINK,
    customer_name: str = "Contoso",
    full_name: str = "Contoso Direct Routing",
    requested_by: str = "Anna Operator",
    expires_at: datetime = END,
) -> InvitationMail:
    """The mail with the link."""
    return InvitationMail(
        link=link,
        customer_name=customer_name,
        full_name=full_name,
        requested_by=requested_by,
        expires_at=expires_at,
    )


def a_service_created_mail(
    *,
    customer_name: str = "Contoso",
    full_name: str = "Contoso Direct Routing",
    short_name: str = "contoso",
) -> ServiceCreatedMail:
    """The mail at the end."""
    return ServiceCreatedMail(
        customer_name=customer_name, full_name=full_name, short_name=short_name
    )


def outgoing(mail: Mail, language: str = "en", brand: str = "default") -> Outgoing:
    """A mail on its way to the administrator."""
    return Outgoing(
        mail_id=MAIL,
        recipient="admin@contoso.example",
        mail=mail,
        language=language,
        brand=brand,
    )


def a_letter(mail_id: UUID = MAIL, round_: int = 1, kind: str = "first", **changes: Any) -> Letter:
    """A mail as it is remembered."""
    return Letter(mail_id, NOW, kind, round_, **changes)
