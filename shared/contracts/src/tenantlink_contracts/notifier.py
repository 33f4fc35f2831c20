"""Facts that notifier publishes: what became of an invitation's mail. Never 'delivered'."""

from typing import ClassVar
from uuid import UUID

from pydantic import AwareDatetime

from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import NOTIFIER, ONBOARDING
from tenantlink_contracts.values import Positive


class InvitationSent(Fact):
    """The mail server accepted the invitation; `server_words` is its answer."""

    publishers: ClassVar = (NOTIFIER,)
    readers: ClassVar = (ONBOARDING,)

    round: Positive
    mail_id: UUID
    server_words: str


class InvitationDelayed(Fact):
    """The mail server put the invitation off; it is tried again at `next_try`."""

    publishers: ClassVar = (NOTIFIER,)
    readers: ClassVar = (ONBOARDING,)

    round: Positive
    mail_id: UUID
    server_words: str
    next_try: AwareDatetime


class InvitationUndeliverable(Fact):
    """The mail server refused the invitation for good, or time is up."""

    publishers: ClassVar = (NOTIFIER,)
    readers: ClassVar = (ONBOARDING,)

    round: Positive
    mail_id: UUID
    server_words: str
