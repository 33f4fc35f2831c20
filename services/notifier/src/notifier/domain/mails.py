"""What the mails say: one typed model per mail, named like its folder of templates."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar


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
