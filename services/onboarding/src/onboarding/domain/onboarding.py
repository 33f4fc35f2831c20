"""The saga of one onboarding: registers, and a state that is a pure function of them.

Facts may come in any order and more than once; the result is the same. Onboarding's own decisions
(rounds, runs, claim, settings, creation, cancellation) are taken under the row's lock.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from onboarding.domain.registers import (
    Authentication,
    Claim,
    Creation,
    IssuedLink,
    M365Settings,
    Mail,
    MailFate,
    Ordered,
    Run,
    Validation,
)
from onboarding.domain.states import NEXT_ACTOR, Actor, State
from tenantlink_contracts.values import Verdict


@dataclass(frozen=True, slots=True)
class Onboarding:
    """Everything that is known about one onboarding."""

    id: UUID
    order: Ordered | None = None
    asked_round: int = 0
    withdrawn_round: int = 0
    expired_round: int = 0
    link: IssuedLink | None = None
    mail: Mail | None = None
    sent_mails: tuple[UUID, ...] = ()
    auth: Authentication | None = None
    proven: Authentication | None = None
    run: Run | None = None
    validation: Validation | None = None
    claim: Claim | None = None
    settings: M365Settings | None = None
    creation: Creation | None = None
    cancelled_because: str | None = None

    @property
    def state(self) -> State:
        """A pure function of the registers; a tombstone and a created service come first."""
        if self.cancelled_because is not None:
            return State.CANCELLED
        if self.creation is not None:
            return State.ACTIVE
        return self._state_proven() if self.proven else self._state_invited()

    @property
    def next_actor(self) -> Actor:
        """Who has to do something now."""
        failed = self.state is State.AUTHENTICATION_FAILED
        if failed and (self._is_over(self.withdrawn_round) or self._is_over(self.expired_round)):
            return Actor.OPERATOR
        return NEXT_ACTOR[self.state]

    @property
    def device_authenticated(self) -> bool:
        """The column of the Pending Invitations page."""
        return self.proven is not None

    @property
    def email_sent(self) -> bool:
        """Whether a mail server has accepted an invitation."""
        return bool(self.sent_mails)

    @property
    def is_pending(self) -> bool:
        """Whether it belongs on the Pending Invitations page."""
        return self.state not in (State.ACTIVE, State.CANCELLED)

    @property
    def newest_verdict(self) -> Verdict | None:
        """The newest good answer about the newest proven revision."""
        again, proven = self.validation, self.proven
        if proven is None:
            return None
        if again is not None and again.verdict and again.revision >= proven.revision:
            return again.verdict
        return proven.verdict

    def issued(self, link: IssuedLink) -> "Onboarding":
        """A link was issued."""
        known = self.link.round if self.link else 0
        return replace(self, link=link) if link.round > known else self

    def mailed(self, mail: Mail, mail_id: UUID) -> "Onboarding":
        """What became of a mail."""
        newest = mail if mail.outranks(self.mail) else self.mail
        sent = set(self.sent_mails) | ({mail_id} if mail.fate is MailFate.SENT else set())
        return replace(self, mail=newest, sent_mails=tuple(sorted(sent)))

    def expired(self, round_: int) -> "Onboarding":
        """A round ended without credentials."""
        return replace(self, expired_round=max(self.expired_round, round_))

    def authenticated(self, answer: Authentication) -> "Onboarding":
        """An answer about a revision; a newer failure never displaces what is proven."""
        newest = answer if _is_newer(answer, self.auth) else self.auth
        good = answer.verdict is not None and _is_newer(answer, self.proven)
        return replace(self, auth=newest, proven=answer if good else self.proven)

    def validated(self, answer: Validation) -> "Onboarding":
        """An answer to a run."""
        known = self.validation.run if self.validation else 0
        return replace(self, validation=answer) if answer.run > known else self

    def has_asked(self, run: int) -> bool:
        """Whether this run was ever asked for."""
        return self.run is not None and run <= self.run.number

    def is_validating(self) -> bool:
        """Whether the newest run has no answer yet."""
        answered = self.validation.run if self.validation else 0
        return self.run is not None and self.run.number > answered

    def days_left(self, now: datetime) -> int | None:
        """Whole days until the secret ends, rounded down; negative when it has ended."""
        verdict = self.newest_verdict
        if verdict is None or verdict.secret.expires_at is None:
            return None
        return (verdict.secret.expires_at - now).days

    def _state_proven(self) -> State:
        revision = self.proven.revision if self.proven else 0
        if self.run is None or self.run.revision != revision:
            return State.AUTHENTICATED
        if self.is_validating() or self.validation is None:
            return State.VALIDATING
        return State.VALIDATED if self.validation.verdict else State.VALIDATION_FAILED

    def _state_invited(self) -> State:
        failed_now = self.auth is not None and self.auth.round >= self.asked_round
        if failed_now:
            return State.AUTHENTICATION_FAILED
        if self._is_over(self.withdrawn_round):
            return State.WITHDRAWN
        if self._is_over(self.expired_round):
            return State.EXPIRED
        mail = self.mail
        if mail and mail.round >= self.asked_round and mail.fate is MailFate.UNDELIVERABLE:
            return State.UNDELIVERABLE
        issued = self.link is not None and self.link.round >= self.asked_round
        return State.INVITED if issued else State.REQUESTED

    def _is_over(self, round_: int) -> bool:
        return 0 < self.asked_round <= round_


def _is_newer(answer: Authentication, known: Authentication | None) -> bool:
    return known is None or answer.revision > known.revision
