"""Builders of jobs and mails, with defaults, and the collaborators that tests give to verbs."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from notifier.app.ports import Accepted, Deferred, Refused
from notifier.app.queue_mail import SEND_INVITATION, SEND_NOTICE
from notifier.domain.correspondence import Correspondence
from notifier.domain.mails import InvitationMail, Mail, ServiceCreatedMail
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.job import Job
from tenantlink_runtime.sealing import CannotOpen
from tests.support.events import MAIL, NOW, SEALED, SUBJECT, a_fact

LINK = "https://wizard.fabrikam.example/invitation/Zk3v9Qm1xT8bR2nL5wY7cD0aH4jE6gS1uP3oI9fKXyM"
END = NOW + timedelta(days=14)
TAKEN = Accepted("250 OK")


@dataclass
class AnsweringCourier:
    """A `Courier` that gives the same answer to every mail, and remembers what it was given."""

    answer: Accepted | Deferred | Refused = TAKEN
    sent: list[tuple[UUID, str, Mail]] = field(default_factory=list)

    def send(self, mail_id: UUID, recipient: str, mail: Mail) -> Accepted | Deferred | Refused:
        """One mail to one recipient."""
        self.sent.append((mail_id, recipient, mail))
        return self.answer


@dataclass(frozen=True)
class KnownCorrespondence:
    """`Correspondences` of one onboarding, or of none."""

    known: Correspondence | None = None

    def find(self, subject: UUID) -> Correspondence | None:
        """None where nothing is known."""
        return self.known if self.known and self.known.id == subject else None


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
    data = {"mail_id": str(MAIL), "issued": fact.model_dump(mode="json")}
    return a_job(SEND_INVITATION, data, attempts)


def a_notice_job(*, attempts: int = 0, **data: Any) -> Job:
    """The claimed job of a notice's mail."""
    names = {"customer_name": "Contoso", "full_name": "Contoso Voice", "short_name": "contoso"}
    recipient = {"recipient": "admin@contoso.example", "kind": "service_created"}
    return a_job(SEND_NOTICE, {**recipient, "data": names, **data}, attempts)


def a_job(kind: str, data: dict[str, Any], attempts: int = 0) -> Job:
    """A claimed job; `attempts` counts the tries before this one."""
    return Job(new_id(), kind, SUBJECT, 1, "first", data, attempts, new_id())


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
