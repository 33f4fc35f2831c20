"""What is known about the mails of one onboarding: what may still be sent, and what became of it.

All registers keep the highest number seen, so that facts may come in any order.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

MOST_MAILS = 50


class Fate(StrEnum):
    """The truth about a mail. Never 'delivered': a mail server's yes is all we know.

    Dropped: its link had died, or there was nothing to tell any more, before it was sent.
    """

    QUEUED = "queued"
    DELAYED = "delayed"
    ACCEPTED = "accepted"
    UNDELIVERABLE = "undeliverable"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail to one recipient; its address stands with its job alone.

    `at` is when what it tells happened; `round` is 0 for a notice; `words` are the mail server's;
    `tries` counts how often a server was asked.
    """

    id: UUID
    at: datetime
    kind: str
    round: int = 0
    fate: Fate = Fate.QUEUED
    words: str = ""
    next_try: datetime | None = None
    tries: int = 0


@dataclass(frozen=True, slots=True)
class Correspondence:
    """One onboarding's mails.

    `created`: the service exists, so that only renewals are of use; `renewal_round` is the first of
    those. `status_link` is sealed to notifier, and kept for the receipt until the order is over.
    `letters` are the newest.
    """

    id: UUID
    issued_round: int = 0
    dead_round: int = 0
    ended: bool = False
    created: bool = False
    renewal_round: int = 0
    proven_at: datetime | None = None
    status_round: int = 0
    status_link: str = ""
    fate_round: int = 0
    fate: Fate = Fate.QUEUED
    letters: tuple[Letter, ...] = ()

    def issued(self, round_: int, renewal: bool = False) -> "Correspondence":
        """A link of this round exists."""
        first = min(self.renewal_round or round_, round_) if renewal else self.renewal_round
        return replace(self, issued_round=max(self.issued_round, round_), renewal_round=first)

    def shows_status(self, round_: int, sealed: str) -> "Correspondence":
        """The page that tells how things stand has a link, which dies with the order."""
        if round_ <= self.status_round:
            return self
        return replace(self, status_round=round_, status_link=sealed)._without_dead_link()

    def died(self, round_: int) -> "Correspondence":
        """The links of this round and of all before are dead."""
        return replace(self, dead_round=max(self.dead_round, round_))

    def made(self) -> "Correspondence":
        """The service exists: nobody has to be invited, but to renew a secret."""
        return replace(self, created=True)._without_dead_link()

    def finished(self) -> "Correspondence":
        """The order is over for good; no invitation of it may be sent any more."""
        return replace(self, ended=True)._without_dead_link()

    def proven(self, at: datetime) -> "Correspondence":
        """Somebody has entered a registration that works: earlier reminders are pointless."""
        return replace(self, proven_at=max(self.proven_at or at, at))

    def queued(self, letter: Letter) -> "Correspondence":
        """A mail that waits to be sent. What is known already stays as it is."""
        if any(each.id == letter.id for each in self.letters):
            return self
        newest = sorted((*self.letters, letter), key=lambda each: (each.at, each.id))[-MOST_MAILS:]
        return replace(self, letters=tuple(newest))

    def letter(self, mail_id: UUID) -> Letter | None:
        """What is known about a mail; None where it is unknown, or long ago."""
        return next((each for each in self.letters if each.id == mail_id), None)

    def met(
        self, mail_id: UUID, fate: Fate, words: str = "", next_try: datetime | None = None
    ) -> "Correspondence":
        """What became of a mail, after one more try."""
        letters = tuple(
            replace(each, fate=fate, words=words, next_try=next_try, tries=each.tries + 1)
            if each.id == mail_id
            else each
            for each in self.letters
        )
        return replace(self, letters=letters)

    def round_met(self, round_: int, fate: Fate) -> "Correspondence":
        """What became of a round's mail; an older round's fate no longer matters."""
        if round_ < self.fate_round:
            return self
        return replace(self, fate_round=round_, fate=fate)

    def may_queue(self, round_: int) -> bool:
        """Whether a mail of this round could ever be of use, whatever is still to come."""
        return not self.ended and round_ > self.dead_round and round_ >= self.issued_round

    def may_send(self, round_: int, reminds_since: datetime | None = None) -> bool:
        """Whether an invitation of this round still leads to a living link; `reminds_since`: it is
        a reminder, and of when."""
        wanted = not self.created or 0 < self.renewal_round <= round_
        if reminds_since is not None and self.proven_at is not None:
            wanted = wanted and reminds_since > self.proven_at
        return wanted and self.may_queue(round_)

    def truth(self, letter: Letter) -> Fate:
        """What became of a mail, as far as anybody knows: one that waits for a dead round never
        goes out."""
        waits = letter.fate in (Fate.QUEUED, Fate.DELAYED)
        dead = letter.round > 0 and not self.may_queue(letter.round)
        return Fate.DROPPED if waits and dead else letter.fate

    def _without_dead_link(self) -> "Correspondence":
        over = self.ended or self.created
        return replace(self, status_link="") if over and self.status_link else self
