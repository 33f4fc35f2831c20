"""The invitation of one onboarding: its rounds, its links, what was submitted and what came of it.

Registers keep the highest number seen, so facts may come in any order and more than once.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from invitation.domain.rounds import Link, LinkKind, Round
from invitation.domain.submissions import (
    ATTEMPTS_WINDOW,
    Accepted,
    Attempt,
    Forwarding,
    Outcome,
    Progress,
    Submission,
    allowed_again_at,
)

KEPT_OUTCOMES = 20
KEPT_SUBMISSIONS = 20
KEPT_ATTEMPTS = 50
REGRET = timedelta(minutes=30)
FORWARDINGS_A_DAY = {"other_person": 5, "new_link": 1}


class LinkState(StrEnum):
    """What a link is worth now."""

    LIVE = "live"
    DONE = "done"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Invitation:
    """Registers of one onboarding, as far as inviting is concerned.

    `withdrawn_round` and `expired_round` are the highest rounds that were withdrawn or expired;
    `accepted` holds what works of the highest round that led to something, `taken_back` the
    revisions of which somebody said that they were the wrong organisation's; after `created_at`
    only rounds live that outlive it; `ended` is a tombstone.
    """

    id: UUID
    round: Round | None = None
    links: tuple[Link, ...] = ()
    withdrawn_round: int = 0
    expired_round: int = 0
    created_at: datetime | None = None
    ended: bool = False
    accepted: tuple[Accepted, ...] = ()
    taken_back: tuple[int, ...] = ()
    submissions: tuple[Submission, ...] = ()
    progress: tuple[Progress, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    forwardings: tuple[Forwarding, ...] = ()

    # Rounds and their links

    def asks_for_newer(self, number: int) -> bool:
        """Whether this round is newer than all that were asked for."""
        return self.round is None or number > self.round.number

    def began(self, round_: Round) -> "Invitation":
        """A newer round: every link of earlier ones dies."""
        return replace(self, round=round_, links=())

    def linked(self, token_hash: str, kind: LinkKind = LinkKind.WIZARD) -> "Invitation":
        """A token of the current round more, with the same end as its others."""
        if self.round is None:
            return self
        link = Link(self.round.number, token_hash, kind)
        return replace(self, links=(*self.links, link))._pruned()

    def withdrawn(self, number: int) -> "Invitation":
        """This round and all before it are taken back."""
        return replace(self, withdrawn_round=max(self.withdrawn_round, number))._pruned()

    def expired(self, number: int) -> "Invitation":
        """The time of this round and of all before it is over."""
        return replace(self, expired_round=max(self.expired_round, number))._pruned()

    def created(self, at: datetime) -> "Invitation":
        """The service exists: only rounds that outlive this go on."""
        return replace(self, created_at=max(self.created_at or at, at))._pruned()

    def finished(self) -> "Invitation":
        """The order is over, for good."""
        return replace(self, ended=True)._pruned()

    @property
    def goes_on(self) -> bool:
        """Whether the current round belongs to something that is not over."""
        current = self.round
        return current is not None and not self.ended and current.outlives(self.created_at)

    @property
    def is_open(self) -> bool:
        """Whether the current round may have links to the wizard."""
        dead = max(self.withdrawn_round, self.expired_round)
        return self.round is not None and self.goes_on and self.round.number > dead

    def link_state(self, round_: int, now: datetime) -> LinkState:
        """What a link to the wizard is worth now."""
        current = self.round
        if current is None or not self.is_open or round_ != current.number:
            return LinkState.DEAD
        if now >= current.expires_at:
            return LinkState.DEAD
        return LinkState.DONE if self.accepted_in(round_) else LinkState.LIVE

    def tells_status(self, token_hash: str) -> bool:
        """Whether a link to the status page is still good."""
        status = (each for each in self.links if each.kind is LinkKind.STATUS)
        return any(each.token_hash == token_hash for each in status)

    # Submissions

    def submitted(self, submission: Submission) -> "Invitation":
        """Somebody has entered a registration; of each browser the latest one is kept."""
        others = [each for each in self.submissions if each.browser != submission.browser]
        kept = (*others, submission)[-KEPT_SUBMISSIONS:]
        attempt = Attempt(submission.id, submission.at)
        attempts = (*self._attempts_since(submission.at - ATTEMPTS_WINDOW), attempt)
        return replace(self, submissions=kept, attempts=attempts[-KEPT_ATTEMPTS:])

    def may_submit_at(self, now: datetime) -> datetime | None:
        """Until when the next submission has to wait; None where it has not to."""
        again = allowed_again_at(self._attempts_since(now - ATTEMPTS_WINDOW))
        return again if again is not None and now < again else None

    def progressed(self, progress: Progress) -> "Invitation":
        """The newest step told of each revision, of the highest revisions."""
        known = [each for each in self.progress if each.revision == progress.revision]
        newest = max([*known, progress], key=lambda each: each.step)
        others = [each for each in self.progress if each.revision != progress.revision]
        ordered = sorted([*others, newest], key=lambda each: each.revision)
        return replace(self, progress=tuple(ordered[-KEPT_OUTCOMES:]))

    def learned(self, outcome: Outcome, at: datetime) -> "Invitation":
        """An outcome, kept once, among those of the highest revisions.

        More than one is kept because credential-validator may number two submissions otherwise
        than they were made; not all, because an invitation must not grow with every try. Where
        Microsoft could not be asked, that was no attempt.
        """
        others = [each for each in self.outcomes if each.revision != outcome.revision]
        ordered = sorted([*others, outcome], key=lambda each: each.revision)
        known = replace(self, outcomes=tuple(ordered[-KEPT_OUTCOMES:]))
        if outcome.verdict is not None:
            known = known._with_accepted(outcome, at)
        if outcome.problem is not None and outcome.problem.passing:
            counted = (e for e in known.attempts if e.submission_id != outcome.submission_id)
            known = replace(known, attempts=tuple(counted))
        return known

    def accepted_in(self, round_: int) -> Accepted | None:
        """What connects the tenant: the newest revision of this round or later that works and was
        not taken back."""
        good = [
            each
            for each in self.accepted
            if each.round >= round_ and each.revision not in self.taken_back
        ]
        return good[-1] if good else None

    def outcome_of(self, submission_id: UUID) -> Outcome | None:
        """What came of a submission, if it is known."""
        return next((each for each in self.outcomes if each.submission_id == submission_id), None)

    def progress_of(self, submission_id: UUID) -> Progress | None:
        """How far a submission's check has come, if that was told."""
        return next((each for each in self.progress if each.submission_id == submission_id), None)

    def submission_from(self, browser: str, round_: int) -> Submission | None:
        """The latest submission of a round that this browser session made."""
        own = (each for each in self.submissions if each.browser == browser)
        return next((each for each in own if each.round == round_), None)

    def is_being_checked(self, round_: int) -> bool:
        """Whether somebody's registration of this round has no answer yet."""
        of_round = (each for each in self.submissions if each.round == round_)
        return any(self.outcome_of(each.id) is None for each in of_round)

    def repeats(self, browser: str, round_: int, form: str) -> bool:
        """Whether this very form was sent before, and is being checked or was accepted."""
        own = self.submission_from(browser, round_)
        if own is None or not form or own.form != form:
            return False
        outcome = self.outcome_of(own.id)
        return outcome is None or outcome.verdict is not None

    # Taking back, and asking for something

    def regrettable(self, browser: str, round_: int, now: datetime) -> Accepted | None:
        """What this browser may still take back: its own success, for 30 minutes."""
        own, good = self.submission_from(browser, round_), self.accepted_in(round_)
        if own is None or good is None or own.id != good.submission_id:
            return None
        in_time = now < good.at + REGRET and self.link_state(round_, now) is LinkState.DONE
        return good if in_time else None

    def took_back(self, revision: int) -> "Invitation":
        """It was the wrong organisation: the link is good again."""
        return replace(self, taken_back=tuple(sorted({*self.taken_back, revision})))

    def may_ask(self, why: Literal["other_person", "new_link"], now: datetime) -> bool:
        """Whether the operator has not been asked too often today, in this round."""
        if self.round is None:
            return False
        today = [
            each
            for each in self.forwardings
            if each.why == why and each.round == self.round.number
            if now - each.at < timedelta(days=1)
        ]
        return len(today) < FORWARDINGS_A_DAY[why]

    def asked(self, forwarding: Forwarding) -> "Invitation":
        """The operator was asked."""
        return replace(self, forwardings=(*self.forwardings, forwarding)[-KEPT_SUBMISSIONS:])

    def _with_accepted(self, outcome: Outcome, at: datetime) -> "Invitation":
        """Of the highest round alone: earlier ones connect nothing any more."""
        new = Accepted(outcome.revision, outcome.round, outcome.submission_id, at)
        others = (each for each in self.accepted if each.revision != new.revision)
        every = sorted([*others, new], key=lambda each: each.revision)
        newest = max(each.round for each in every)
        return replace(self, accepted=tuple(each for each in every if each.round == newest))

    def _attempts_since(self, start: datetime) -> tuple[Attempt, ...]:
        return tuple(each for each in self.attempts if each.at > start)

    def _pruned(self) -> "Invitation":
        """Without the links that have died."""
        return replace(self, links=tuple(each for each in self.links if self._lets_live(each)))

    def _lets_live(self, link: Link) -> bool:
        """A link to the wizard dies with its time, one to the status page with the creation."""
        if not self.goes_on or link.round <= self.withdrawn_round:
            return False
        if link.kind is LinkKind.STATUS:
            return self.created_at is None
        return link.round > self.expired_round
