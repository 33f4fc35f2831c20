"""What the mails say: one typed model per mail, named like its folder of templates."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from typing import ClassVar

from tenantlink_contracts.onboarding import NoticeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class InvitationMail:
    """Asks the customer's IT administrator to enter an app registration."""

    template: ClassVar = "invitation"

    link: str
    customer_name: str
    full_name: str
    requested_by: str
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceCreatedMail:
    """Tells that the service exists."""

    template: ClassVar = "service_created"

    customer_name: str
    full_name: str
    short_name: str


Mail = InvitationMail | ServiceCreatedMail

_NOTICES = {NoticeKind.SERVICE_CREATED: ServiceCreatedMail}


def notice_mail(kind: NoticeKind, data: Mapping[str, str]) -> Mail:
    """The mail of a notice; KeyError names what it lacks. What newer producers add is left out."""
    mail = _NOTICES[kind]
    return mail(**{each.name: data[each.name] for each in fields(mail)})
