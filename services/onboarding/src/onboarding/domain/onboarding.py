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
    round_asked_at: datetime | None = None
    withdrawn_round: int = 0
    expired_round: int = 0
    link: IssuedLink | None = None
    mail: Mail | None = None
    sent_mails: tuple[UUID, ...] = ()
    auth: Authentication | None = None
    proven: Authentication | None = None
    run: Run | None = None
    validation: Validation | None = None
    confirmed: Validation | None = None
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
        if self.state is State.AUTHENTICATION_FAILED and not self.link_lives:
            return Actor.OPERATOR
        return NEXT_ACTOR[self.state]

    @property
    def link_lives(self) -> bool:
        """Whether the newest round can still be answered by the administrator."""
        return self.asked_round > max(self.withdrawn_round, self.expired_round)

    @property
    def current_link(self) -> IssuedLink | None:
        """The link of the newest round, once it was issued."""
        return self.link if self.link and self.link.round >= self.asked_round else None

    @property
    def device_authenticated(self) -> bool:
        """The column of the Pending Invitations page."""
        return self.proven is not None

    @property
    def email_sent(self) -> bool:
        """Whether a mail server has accepted the newest round's invitation."""
        mail = self._current_mail()
        return mail is not None and mail.fate is MailFate.SENT

    @property
    def is_pending(self) -> bool:
        """Whether it belongs on the Pending Invitations page."""
        return self.state not in (State.ACTIVE, State.CANCELLED)

    @property
    def newest_verdict(self) -> Verdict | None:
        """The newest good answer about the newest proven revision."""
        again, proven = self.confirmed, self.proven
        if proven is None:
            return None
        if again is not None and again.verdict and again.revision >= proven.revision:
            return again.verdict
        return proven.verdict

    def issued(self, link: IssuedLink) -> "Onboarding":
        """A link was issued."""
        return replace(self, link=link) if link.outranks(self.link) else self

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
        good = answer.verdict is not None and answer.outranks(self.proven)
        return replace(
            self,
            auth=answer if answer.outranks(self.auth) else self.auth,
            proven=answer if good else self.proven,
        )

    def validated(self, answer: Validation) -> "Onboarding":
        """An answer to a run; a later failure does not forget what a run before it has found."""
        good = answer.verdict is not None and answer.outranks(self.confirmed)
        return replace(
            self,
            validation=answer if answer.outranks(self.validation) else self.validation,
            confirmed=answer if good else self.confirmed,
        )

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

    def _current_mail(self) -> Mail | None:
        return self.mail if self.mail and self.mail.round >= self.asked_round else None

    def _state_proven(self) -> State:
        revision = self.proven.revision if self.proven else 0
        if self.run is None or self.run.revision != revision:
            return State.AUTHENTICATED
        if self.is_validating() or self.validation is None:
            return State.VALIDATING
        return State.VALIDATED if self.validation.verdict else State.VALIDATION_FAILED

    def _state_invited(self) -> State:
        if 0 < self.asked_round <= self.withdrawn_round:
            return State.WITHDRAWN
        if self.auth is not None and self.auth.round >= self.asked_round:
            return State.AUTHENTICATION_FAILED
        if 0 < self.asked_round <= self.expired_round:
            return State.EXPIRED
        mail = self._current_mail()
        if mail is not None and mail.fate is MailFate.UNDELIVERABLE:
            return State.UNDELIVERABLE
        return State.INVITED if self.current_link else State.REQUESTED
