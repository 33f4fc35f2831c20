"""What the wizard shows: the invitation behind a link, read anew for every request."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from invitation.domain.invitation import Invitation


@dataclass(frozen=True, slots=True)
class Found:
    """An invitation and the round of the link that led to it."""

    invitation: Invitation
    round: int


class Invitations(Protocol):
    """Finds invitations by what a browser brings along."""

    def by_token(self, token: str) -> Found | None:
        """By the token in a link; None where no link has it (any more)."""
        ...

    def by_subject(self, subject: UUID) -> Invitation | None:
        """By the session that has followed a link."""
        ...
