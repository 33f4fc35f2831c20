"""The credentials of one onboarding: numbered submissions, what was proven, what was asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt, numbered on arrival: only this service sees all of them.

    `settled`: it has its answer, or nobody waits for one any more. `step` counts what was told
    while it was checked.
    """

    revision: int
    round: int
    submission_id: UUID
    settled: bool = False
    step: int = 0


@dataclass(frozen=True, slots=True)
class Credential:
    """A proven app registration. `locked` is its secret, encrypted and bound to `id`.

    `expires_at` is what is known of the secret's end; `declared_expiry` what somebody typed of it,
    and `domains` those that are expected, both for when it is proven again.
    """

    id: UUID
    revision: int
    tenant: str
    client_id: UUID
    locked: str
    expires_at: datetime | None = None
    declared_expiry: datetime | None = None
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to prove a stored revision again; the highest run is the one that counts."""

    run: int
    revision: int
    why: str


@dataclass(frozen=True, slots=True)
class Warned:
    """What was told last of the coming end of a secret: `threshold` in days."""

    revision: int
    expires_at: datetime
    threshold: int


@dataclass(frozen=True, slots=True)
class Credentials:
    """Registers of one onboarding. `ended` (cancelled or closed), `kept` (the revision that the
    service was created with) and `withdrawn` only ever move one way, so facts may come in any
    order. `request_step` counts what was told while the request was checked."""

    id: UUID
    submissions: tuple[Submission, ...] = ()
    proven: tuple[Credential, ...] = ()
    request: Request | None = None
    request_step: int = 0
    answered_run: int = 0
    kept: int = 0
    withdrawn: tuple[UUID, ...] = ()
    warned: Warned | None = None
    ended: bool = False

    @property
    def last_revision(self) -> int:
        """The highest number given to a submission; 0 before the first."""
        return self.submissions[-1].revision if self.submissions else 0

    def submitted(self, round_: int, submission_id: UUID) -> "Credentials":
        """The next revision; one that is known already gets no second number."""
        known = any(each.submission_id == submission_id for each in self.submissions)
        if self.ended or known:
            return self
        new = Submission(self.last_revision + 1, round_, submission_id)
        return replace(self, submissions=(*self.submissions, new))._shredded()

    def submission(self, revision: int) -> Submission | None:
        """The submission of a revision."""
        return next((each for each in self.submissions if each.revision == revision), None)

    def has_proven(self, round_: int) -> bool:
        """Whether a registration of this round was accepted: a link connects one, the first.

        Round 0 has no link: the operator who types may correct himself.
        """
        if round_ == 0:
            return False
        rounds = {each.revision: each.round for each in self.submissions}
        return any(rounds.get(each.revision) == round_ for each in self.proven)

    def unsettled(self) -> tuple[Submission, ...]:
        """The submissions that somebody still waits for."""
        return tuple(each for each in self.submissions if not each.settled)

    def settled(self, revision: int) -> "Credentials":
        """A submission has its answer."""
        return self._with_settled(lambda each: each.revision == revision)

    def stepped(self, revision: int) -> "Credentials":
        """One more thing was told about a submission."""
        moved = (replace(s, step=s.step + (s.revision == revision)) for s in self.submissions)
        return replace(self, submissions=tuple(moved))

    def withdraw(self, submission_id: UUID) -> "Credentials":
        """Whoever submitted it says that it was the wrong organisation's: as if never proven."""
        if self.ended or submission_id in self.withdrawn:
            return self
        withdrawn = tuple(sorted((*self.withdrawn, submission_id)))
        return replace(self, withdrawn=withdrawn)._shredded()

    def credential(self, revision: int) -> Credential | None:
        """The proven credential of a revision, if it is still kept."""
        return next((each for each in self.proven if each.revision == revision), None)

    def proved(self, credential: Credential) -> "Credentials":
        """Keep a proven credential, unless the order has ended meanwhile."""
        if self.ended:
            return self
        others = tuple(each for each in self.proven if each.revision != credential.revision)
        ordered = sorted((*others, credential), key=lambda each: each.revision)
        return replace(self, proven=tuple(ordered))._shredded()

    def requested(self, request: Request) -> "Credentials":
        """The highest run asked for; an older wish no longer matters."""
        outdated = self.request is not None and request.run <= self.request.run
        if self.ended or outdated:
            return self
        return replace(self, request=request, request_step=0)

    def answered(self, run: int) -> "Credentials":
        """A run has its answer."""
        if self.ended:
            return self
        return replace(self, answered_run=max(self.answered_run, run))

    def open_request(self) -> Request | None:
        """The wish that has no answer yet."""
        wish = self.request
        return wish if wish is not None and wish.run > self.answered_run else None

    def request_stepped(self) -> "Credentials":
        """One more thing was told about the request."""
        return replace(self, request_step=self.request_step + 1)

    def is_awaited(self, revision: int) -> bool:
        """Whether a credential is not here, but may still come."""
        submission = self.submission(revision)
        is_over = revision < self.kept or (submission is not None and submission.settled)
        return not is_over and self.credential(revision) is None

    def created(self, revision: int) -> "Credentials":
        """The service uses this revision; secrets of others are no longer needed."""
        if self.ended:
            return self
        return replace(self, kept=max(self.kept, revision))._shredded()

    @property
    def in_use(self) -> Credential | None:
        """What a created service uses: the newest proven one, so a renewal counts when proven."""
        return self.proven[-1] if self.kept and self.proven else None

    def learned(self, revision: int, expires_at: datetime | None) -> "Credentials":
        """A validation has found out when a secret ends."""
        if expires_at is None:
            return self
        new = (
            replace(each, expires_at=expires_at) if each.revision == revision else each
            for each in self.proven
        )
        return replace(self, proven=tuple(new))

    def warn(self, warned: Warned) -> "Credentials":
        """The coming end of a secret was told."""
        return replace(self, warned=warned)

    def end(self) -> "Credentials":
        """A tombstone that swallows everything else: no secret is kept, now or later."""
        return Credentials(self.id, ended=True)

    def _shredded(self) -> "Credentials":
        """Without the secrets that nobody may need any more."""
        gone = {s.revision for s in self.submissions if s.submission_id in self.withdrawn}
        living = tuple(
            each for each in self.proven if each.revision >= self.kept and each.revision not in gone
        )
        proven = living[-1:] if self.kept else living
        over = replace(self, proven=proven)
        return over._with_settled(lambda s: s.revision < self.kept or s.revision in gone)

    def _with_settled(self, chosen: Callable[[Submission], bool]) -> "Credentials":
        settled = (replace(s, settled=s.settled or chosen(s)) for s in self.submissions)
        return replace(self, submissions=tuple(settled))
