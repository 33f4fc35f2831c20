"""What the wizard shows: the invitation behind a link, read anew for every request."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from invitation.domain.invitation import Invitation, LinkState
from invitation.domain.rounds import LinkKind


@dataclass(frozen=True, slots=True)
class Found:
    """An invitation, and the link that led to it, which may be dead.

    `reference` is the keyed hash of the link's token: what a session may remember.
    """

    invitation: Invitation
    round: int
    reference: str
    kind: LinkKind = LinkKind.WIZARD

    def state(self, now: datetime) -> LinkState:
        """What the link is worth in the wizard now."""
        if self.kind is not LinkKind.WIZARD:
            return LinkState.DEAD
        return self.invitation.link_state(self.round, now)

    @property
    def tells_status(self) -> bool:
        """Whether it is a link to the status page that is still good."""
        return self.kind is LinkKind.STATUS and self.invitation.tells_status(self.reference)


class Invitations(Protocol):
    """Finds invitations by what a browser brings along; None where no link ever had it, or the
    order is over."""

    def by_token(self, token: str) -> Found | None:
        """By the token in a link."""
        ...

    def by_reference(self, reference: str) -> Found | None:
        """By what a session remembers of the link it has followed."""
        ...
