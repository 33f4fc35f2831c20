"""The invitation of one onboarding: its rounds, its links, what was submitted and what came of it.

Registers keep the highest number seen, so facts may come in any order and more than once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tenantlink_contracts.values import Problem, Verdict


@dataclass(frozen=True, slots=True)
class Round:
    """What was asked for: whom to invite, and until when."""

    number: int
    email: str
    language: str
    expires_at: datetime
    customer_name: str
    full_name: str
    requested_by: str


@dataclass(frozen=True, slots=True)
class Link:
    """A token of a round, known only by its keyed hash. All tokens of a round die together."""

    round: int
    token_hash: str


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody entered last, without the secret. `browser` is the session that did."""

    id: UUID
    round: int
    browser: str
    tenant: str
    client_id: UUID
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What credential-validator said of a revision: a verdict or a problem."""

    revision: int
    round: int
    submission_id: UUID
    verdict: Verdict | None = None
    problem: Problem | None = None


class LinkState(StrEnum):
    """What a link is worth now."""

    LIVE = "live"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Registers of one onboarding, as far as inviting is concerned."""

    id: UUID
    round: Round | None = None
    links: tuple[Link, ...] = ()
    dead_round: int = 0
    ended: bool = False
    submission: Submission | None = None
    outcomes: tuple[Outcome, ...] = ()

    def asks_for_newer(self, number: int) -> bool:
        """Whether this round is newer than all that were asked for."""
        return self.round is None or number > self.round.number

    def began(self, round_: Round) -> "Invitation":
        """A newer round: every link of earlier ones dies."""
        return replace(self, round=round_, links=())

    def linked(self, link: Link) -> "Invitation":
        """A token of the current round more."""
        return replace(self, links=(*self.links, link))

    def died(self, number: int) -> "Invitation":
        """This round and all before it are over."""
        return replace(self, dead_round=max(self.dead_round, number))._pruned()

    def finished(self) -> "Invitation":
        """The order is over, for good."""
        return replace(self, ended=True)._pruned()

    def may_issue(self) -> bool:
        """Whether the current round may still get a link."""
        return self.round is not None and not self.ended and self.round.number > self.dead_round

    def link_state(self, round_: int, now: datetime) -> LinkState:
        """What a link of this round is worth now."""
        current = self.round
        if current is None or not self.may_issue() or round_ != current.number:
            return LinkState.DEAD
        if now >= current.expires_at:
            return LinkState.DEAD
        return LinkState.DONE if self.proven(round_) else LinkState.LIVE

    def proven(self, round_: int) -> Outcome | None:
        """The newest good outcome of a round."""
        good = [each for each in self.outcomes if each.round == round_ and each.verdict]
        return good[-1] if good else None

    def submitted(self, submission: Submission) -> "Invitation":
        """Somebody has entered a registration."""
        return replace(self, submission=submission)

    def learned(self, outcome: Outcome) -> "Invitation":
        """An outcome, kept in the order of revisions, once."""
        others = [each for each in self.outcomes if each.revision != outcome.revision]
        ordered = sorted([*others, outcome], key=lambda each: each.revision)
        return replace(self, outcomes=tuple(ordered))

    def outcome_of(self, submission_id: UUID) -> Outcome | None:
        """What came of a submission, if it is known."""
        return next((each for each in self.outcomes if each.submission_id == submission_id), None)

    def _pruned(self) -> "Invitation":
        return self if self.may_issue() else replace(self, links=())
