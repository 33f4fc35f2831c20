"""What is known about the mails of one onboarding: which round may still be sent, what became."""

from dataclasses import dataclass, replace
from enum import StrEnum
from uuid import UUID


class Fate(StrEnum):
    """The truth about a mail. Never 'delivered': a mail server's yes is all we know."""

    QUEUED = "queued"
    ACCEPTED = "accepted"
    UNDELIVERABLE = "undeliverable"


@dataclass(frozen=True, slots=True)
class Correspondence:
    """Registers that keep the highest number seen, so that facts may come in any order."""

    id: UUID
    issued_round: int = 0
    dead_round: int = 0
    ended: bool = False
    fate_round: int = 0
    fate: Fate = Fate.QUEUED

    def issued(self, round_: int) -> "Correspondence":
        """A link of this round exists."""
        return replace(self, issued_round=max(self.issued_round, round_))

    def died(self, round_: int) -> "Correspondence":
        """The links of this round and of all before are dead."""
        return replace(self, dead_round=max(self.dead_round, round_))

    def finished(self) -> "Correspondence":
        """The order is over; no invitation of it may be sent any more."""
        return replace(self, ended=True)

    def met(self, round_: int, fate: Fate) -> "Correspondence":
        """What became of a round's mail; an older round's fate no longer matters."""
        if round_ < self.fate_round:
            return self
        return replace(self, fate_round=round_, fate=fate)

    def may_send(self, round_: int) -> bool:
        """Whether an invitation of this round still leads to a living link."""
        return not self.ended and round_ > self.dead_round and round_ >= self.issued_round
