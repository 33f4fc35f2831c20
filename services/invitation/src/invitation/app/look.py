"""What the wizard shows: the invitation behind a link, read anew for every request."""

from dataclasses import dataclass
from typing import Protocol

from invitation.domain.invitation import Invitation


@dataclass(frozen=True, slots=True)
class Found:
    """An invitation, and the round of the link that led to it.

    `reference` is the keyed hash of the link's token: what a session may remember.
    """

    invitation: Invitation
    round: int
    reference: str


class Invitations(Protocol):
    """Finds invitations by what a browser brings along; None where no link has it (any more)."""

    def by_token(self, token: str) -> Found | None:
        """By the token in a link."""
        ...

    def by_reference(self, reference: str) -> Found | None:
        """By what a session remembers of the link it has followed."""
        ...
