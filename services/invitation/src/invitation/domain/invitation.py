"""The invitation of one onboarding: its rounds, its links, what was submitted and what came of it.

Registers keep the highest number seen, so facts may come in any order and more than once.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from tenantlink_contracts.values import Problem, Verdict

KEPT_OUTCOMES = 20
KEPT_SUBMISSIONS = 20


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
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Submission:
    """What somebody has entered, without the secret. `browser` is the session that did."""

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
    """Registers of one onboarding, as far as inviting is concerned.

    `withdrawn_round`, `expired_round` and `used_round` are the highest rounds that were withdrawn,
    expired, or led to a registration that works; `ended` is a tombstone.
    """

    id: UUID
    round: Round | None = None
    links: tuple[Link, ...] = ()
    withdrawn_round: int = 0
    expired_round: int = 0
    used_round: int = 0
    ended: bool = False
    submissions: tuple[Submission, ...] = ()
    outcomes: tuple[Outcome, ...] = ()

    def asks_for_newer(self, number: int) -> bool:
        """Whether this round is newer than all that were asked for."""
        return self.round is None or number > self.round.number

    def began(self, round_: Round) -> "Invitation":
        """A newer round: every link of earlier ones dies."""
        return replace(self, round=round_, links=())

    def linked(self, token_hash: str) -> "Invitation":
        """A token of the current round more, with the same end as its others."""
        if self.round is None:
            return self
        link = Link(self.round.number, token_hash, self.round.expires_at)
        return replace(self, links=(*self.links, link))

    def withdrawn(self, number: int) -> "Invitation":
        """This round and all before it are taken back."""
        return replace(self, withdrawn_round=max(self.withdrawn_round, number))._pruned()

    def expired(self, number: int) -> "Invitation":
        """The time of this round and of all before it is over."""
        return replace(self, expired_round=max(self.expired_round, number))._pruned()

    def finished(self) -> "Invitation":
        """The order is over, for good."""
        return replace(self, ended=True)._pruned()

    @property
    def is_open(self) -> bool:
        """Whether the current round may have links."""
        dead = max(self.withdrawn_round, self.expired_round)
        return self.round is not None and not self.ended and self.round.number > dead

    def link_state(self, round_: int, now: datetime) -> LinkState:
        """What a link of this round is worth now."""
        current = self.round
        if current is None or not self.is_open or round_ != current.number:
            return LinkState.DEAD
        if now >= current.expires_at:
            return LinkState.DEAD
        return LinkState.DONE if self.used_round >= round_ else LinkState.LIVE

    def submitted(self, submission: Submission) -> "Invitation":
        """Somebody has entered a registration; of each browser the latest one is kept."""
        others = [each for each in self.submissions if each.browser != submission.browser]
        kept = (*others, submission)[-KEPT_SUBMISSIONS:]
        return replace(self, submissions=kept)

    def learned(self, outcome: Outcome) -> "Invitation":
        """An outcome, kept once, among those of the highest revisions.

        More than one is kept because credential-validator may number two submissions otherwise
        than they were made; not all, because an invitation must not grow with every try.
        """
        others = [each for each in self.outcomes if each.revision != outcome.revision]
        ordered = sorted([*others, outcome], key=lambda each: each.revision)
        used = max(self.used_round, outcome.round) if outcome.verdict else self.used_round
        return replace(self, outcomes=tuple(ordered[-KEPT_OUTCOMES:]), used_round=used)

    def outcome_of(self, submission_id: UUID) -> Outcome | None:
        """What came of a submission, if it is known."""
        return next((each for each in self.outcomes if each.submission_id == submission_id), None)

    def submission_from(self, browser: str, round_: int) -> Submission | None:
        """The latest submission of a round that this browser session made."""
        own = (each for each in self.submissions if each.browser == browser)
        return next((each for each in own if each.round == round_), None)

    def is_being_checked(self, round_: int) -> bool:
        """Whether somebody's registration of this round has no answer yet."""
        of_round = (each for each in self.submissions if each.round == round_)
        return any(self.outcome_of(each.id) is None for each in of_round)

    def _pruned(self) -> "Invitation":
        return self if self.is_open else replace(self, links=())
