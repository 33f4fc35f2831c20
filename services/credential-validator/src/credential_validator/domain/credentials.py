"""The credentials of one onboarding: numbered submissions, what was proven, what was asked."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Submission:
    """One attempt, numbered on arrival: only this service sees all of them.

    `settled`: it has its answer, or nobody waits for one any more.
    """

    revision: int
    round: int
    submission_id: UUID
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Credential:
    """A proven app registration. `locked` is its secret, encrypted and bound to `id`."""

    id: UUID
    revision: int
    tenant: str
    client_id: UUID
    locked: str


@dataclass(frozen=True, slots=True)
class Request:
    """A wish to prove a stored revision again; the highest run is the one that counts."""

    run: int
    revision: int
    why: str


@dataclass(frozen=True, slots=True)
class Credentials:
    """Registers of one onboarding. `cancelled` and `kept` (the revision that the created service
    uses) only ever move one way, so facts may come in any order."""

    id: UUID
    submissions: tuple[Submission, ...] = ()
    proven: tuple[Credential, ...] = ()
    request: Request | None = None
    answered_run: int = 0
    kept: int = 0
    cancelled: bool = False

    @property
    def last_revision(self) -> int:
        """The highest number given to a submission; 0 before the first."""
        return self.submissions[-1].revision if self.submissions else 0

    def submitted(self, round_: int, submission_id: UUID) -> "Credentials":
        """The next revision; one that is known already gets no second number."""
        known = any(each.submission_id == submission_id for each in self.submissions)
        if self.cancelled or known:
            return self
        new = Submission(self.last_revision + 1, round_, submission_id)
        return replace(self, submissions=(*self.submissions, new))._shredded()

    def submission(self, revision: int) -> Submission | None:
        """The submission of a revision."""
        return next((each for each in self.submissions if each.revision == revision), None)

    def has_proven(self, round_: int) -> bool:
        """Whether a registration of this round was accepted: a link connects one, the first."""
        rounds = {each.revision: each.round for each in self.submissions}
        return any(rounds.get(each.revision) == round_ for each in self.proven)

    def unsettled(self) -> tuple[Submission, ...]:
        """The submissions that somebody still waits for."""
        return tuple(each for each in self.submissions if not each.settled)

    def settled(self, revision: int) -> "Credentials":
        """A submission has its answer."""
        return self._with_settled(lambda each: each.revision == revision)

    def credential(self, revision: int) -> Credential | None:
        """The proven credential of a revision, if it is still kept."""
        return next((each for each in self.proven if each.revision == revision), None)

    def proved(self, credential: Credential) -> "Credentials":
        """Keep a proven credential, unless the order is cancelled meanwhile."""
        if self.cancelled:
            return self
        others = tuple(each for each in self.proven if each.revision != credential.revision)
        ordered = sorted((*others, credential), key=lambda each: each.revision)
        return replace(self, proven=tuple(ordered))._shredded()

    def requested(self, request: Request) -> "Credentials":
        """The highest run asked for; an older wish no longer matters."""
        outdated = self.request is not None and request.run <= self.request.run
        if self.cancelled or outdated:
            return self
        return replace(self, request=request)

    def answered(self, run: int) -> "Credentials":
        """A run has its answer."""
        if self.cancelled:
            return self
        return replace(self, answered_run=max(self.answered_run, run))

    def open_request(self) -> Request | None:
        """The wish that has no answer yet."""
        wish = self.request
        return wish if wish is not None and wish.run > self.answered_run else None

    def is_awaited(self, revision: int) -> bool:
        """Whether a credential is not here, but may still come."""
        return revision >= self.kept and self.credential(revision) is None

    def created(self, revision: int) -> "Credentials":
        """The service uses this revision; secrets of others are no longer needed."""
        if self.cancelled:
            return self
        return replace(self, kept=max(self.kept, revision))._shredded()

    def cancel(self) -> "Credentials":
        """A tombstone that swallows everything else: no secret is kept, now or later."""
        return Credentials(self.id, cancelled=True)

    def _shredded(self) -> "Credentials":
        """Without the secrets that nobody may need any more."""
        proven = tuple(each for each in self.proven if each.revision >= self.kept)
        return replace(self, proven=proven)._with_settled(lambda each: each.revision < self.kept)

    def _with_settled(self, chosen: Callable[[Submission], bool]) -> "Credentials":
        settled = (replace(s, settled=s.settled or chosen(s)) for s in self.submissions)
        return replace(self, submissions=tuple(settled))
