"""A round of an invitation: whom to invite, until when, and what kind of link leads to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal

from tenantlink_contracts.values import Expected

LAST_REMINDER = timedelta(hours=24)
NOTHING = Expected()


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked for. `renewal` rounds belong to a service that exists already."""

    number: int
    email: str
    language: str
    asked_at: datetime
    expires_at: datetime
    customer_name: str
    full_name: str
    requested_by: str
    brand: str = "default"
    delivery: Literal["mail", "by_hand"] = "mail"
    renewal: bool = False
    expected: Expected = NOTHING
    secret_expires_at: datetime | None = None

    @property
    def kind(self) -> str:
        """How the contracts call the first mail of this round."""
        if self.renewal:
            return "renewal"
        return "first" if self.number == 1 else "again"

    def reminders(self) -> dict[str, datetime]:
        """When to remind: at half the time, and 24 hours before the end where that is later.

        Never for a link that was handed over by hand: nobody knows to whom.
        """
        if self.delivery == "by_hand":
            return {}
        half = self.asked_at + (self.expires_at - self.asked_at) / 2
        last = self.expires_at - LAST_REMINDER
        return {"half": half, "last": last} if last > half else {"half": half}

    def outlives(self, created_at: datetime | None) -> bool:
        """Whether its links live on after the service was created: those of renewals, and of all
        rounds that were asked for afterwards."""
        return created_at is None or self.renewal or self.asked_at > created_at


class LinkKind(StrEnum):
    """What a link leads to: the wizard, or a page that only tells how things stand."""

    WIZARD = "wizard"
    STATUS = "status"


@dataclass(frozen=True, slots=True)
class Link:
    """A token of a round, known only by its keyed hash."""

    round: int
    token_hash: str
    kind: LinkKind = LinkKind.WIZARD
