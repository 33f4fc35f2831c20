"""The saga of one onboarding: registers, and a state that is a pure function of them.

Facts may come in any order and more than once; the result is the same. Onboarding's own decisions
(rounds, runs, claim, settings, creation, the end) are taken under the row's lock.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from onboarding.domain.registers import (
    Authentication,
    Claim,
    Creation,
    CreationAsked,
    CreationFailure,
    End,
    Expiring,
    Forwarding,
    HandLink,
    IssuedLink,
    M365Settings,
    Mail,
    MailFate,
    Ordered,
    Progress,
    Renewal,
    Run,
    Typed,
    Validation,
    Wait,
)
from onboarding.domain.states import NEXT_ACTOR, OVER, Actor, State
from tenantlink_contracts.onboarding import RoundReason
from tenantlink_contracts.values import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Onboarding:
    """Everything that is known about one onboarding.

    `accepted` holds every revision that Microsoft accepted and nobody has withdrawn.
    """

    id: UUID
    order: Ordered | None = None
    new_address: str | None = None
    asked_round: int = 0
    asked_because: RoundReason | None = None
    round_asked_at: datetime | None = None
    withdrawn_round: int = 0
    withdrawn_at: datetime | None = None
    expired_round: int = 0
    expired_at: datetime | None = None
    link: IssuedLink | None = None
    mail: Mail | None = None
    sent_mails: tuple[UUID, ...] = ()
    hand_link: HandLink | None = None
    shown_round: int = 0
    forwarding: Forwarding | None = None
    forwarding_settled: Forwarding | None = None
    typed: Typed | None = None
    typed_answers: tuple[UUID, ...] = ()
    progress: Progress | None = None
    run_progress: Progress | None = None
    auth: Authentication | None = None
    accepted: tuple[Authentication, ...] = ()
    withdrawn_revisions: tuple[int, ...] = ()
    run: Run | None = None
    validation: Validation | None = None
    confirmed: Validation | None = None
    expiring: Expiring | None = None
    renewal: Renewal | None = None
    claim: Claim | None = None
    settings: M365Settings | None = None
    creation_asked: CreationAsked | None = None
    creation_failure: CreationFailure | None = None
    creation: Creation | None = None
    stuck: Wait | None = None
    reminded: Wait | None = None
    cancelled_because: str | None = None
    cancelled_at: datetime | None = None
    closed: End | None = None

    @property
    def state(self) -> State:
        """A pure function of the registers; a tombstone and a created service come first."""
        if self.cancelled_because is not None:
            return State.CANCELLED
        if self.creation is not None:
            return State.CLOSED if self.closed else State.ACTIVE
        if self.creation_asked is not None:
            return State.CREATION_FAILED if self.creation_has_failed else State.CREATING
        return self._state_proven() if self.proven else self._state_invited()

    @property
    def next_actor(self) -> Actor:
        """Who has to do something now; what is stuck is the operator's."""
        state = self.state
        if self.is_stuck or (state is State.AUTHENTICATION_FAILED and not self.link_lives):
            return Actor.OPERATOR
        return NEXT_ACTOR[state]

    @property
    def since(self) -> datetime | None:
        """When the present state was entered, as far as the registers tell."""
        return _SINCE[self.state](self)

    @property
    def is_stuck(self) -> bool:
        """Whether the present wait has passed its deadline."""
        return self.stuck is not None and (self.stuck.state, self.stuck.since) == self.wait

    @property
    def wait(self) -> tuple[State, datetime | None]:
        """What tells one wait from another."""
        return self.state, self.since

    @property
    def address(self) -> str:
        """Where the next invitation goes; empty where none was ever named."""
        return self.new_address or (self.order.email if self.order else "")

    @property
    def link_lives(self) -> bool:
        """Whether the newest round can still be answered by the administrator."""
        return self.asked_round > max(self.withdrawn_round, self.expired_round)

    @property
    def current_link(self) -> IssuedLink | None:
        """The link of the newest round, once it was issued."""
        return self.link if self.link and self.link.round >= self.asked_round else None

    @property
    def current_mail(self) -> Mail | None:
        """What is known of the newest round's mail."""
        return self.mail if self.mail and self.mail.round >= self.asked_round else None

    @property
    def proven(self) -> Authentication | None:
        """The newest revision that Microsoft accepted and nobody has withdrawn."""
        return self.accepted[-1] if self.accepted else None

    @property
    def device_authenticated(self) -> bool:
        """The column of the Pending Invitations page."""
        return self.proven is not None

    @property
    def email_sent(self) -> bool:
        """Whether a mail server has accepted the newest round's invitation."""
        mail = self.current_mail
        return mail is not None and mail.fate is MailFate.SENT

    @property
    def is_pending(self) -> bool:
        """Whether it belongs on the Pending Invitations page."""
        return self.state is not State.ACTIVE and self.state not in OVER

    @property
    def is_renewing(self) -> bool:
        """Whether a service waits for a new secret, by a link that still works."""
        renewal = self.renewal
        if self.state is not State.ACTIVE or renewal is None or not self.link_lives:
            return False
        waits = self.proven is None or self.proven.revision <= renewal.revision
        return waits and renewal.round == self.asked_round

    @property
    def wanted_forwarding(self) -> Forwarding | None:
        """What somebody with a link asks the operator for, until that is settled."""
        wish = self.forwarding
        if wish is None or not wish.outranks(self.forwarding_settled) or self.state in OVER:
            return None
        return wish if self.proven is None or self.is_renewing else None

    @property
    def creation_has_failed(self) -> bool:
        """Whether the newest attempt at creating the service has."""
        asked, failure = self.creation_asked, self.creation_failure
        return asked is not None and failure is not None and failure.number >= asked.number

    @property
    def is_authenticating(self) -> bool:
        """Whether a registration is being checked, and no newer link was asked for since."""
        typed, progress = self.typed, self.progress
        if typed is not None and typed.asked_round >= self.asked_round:
            return typed.submission_id not in self.typed_answers
        if progress is None or progress.round < max(self.asked_round, 1):
            return False
        answered = self.auth.revision if self.auth else 0
        return progress.revision > answered and progress.revision not in self.withdrawn_revisions

    @property
    def newest_verdict(self) -> Verdict | None:
        """The newest good answer about the newest proven revision."""
        again, proven = self.confirmed, self.proven
        if proven is None:
            return None
        if again is not None and again.verdict and again.revision >= proven.revision:
            return again.verdict
        return proven.verdict

    @property
    def domain_mismatch(self) -> bool:
        """Whether the tenant has verified none of the domains of customer and recipient."""
        verdict = self.newest_verdict
        return verdict is not None and Finding.DOMAIN_MISMATCH in verdict.warnings

    def ordered(self, order: Ordered) -> "Onboarding":
        """Somebody has ordered; the first round is that of the order, where it wants a link."""
        return replace(self, order=order, asked_round=1 if order.with_link else 0)

    def issued(self, link: IssuedLink) -> "Onboarding":
        """A link was issued."""
        return replace(self, link=link) if link.outranks(self.link) else self

    def handed(self, link: HandLink) -> "Onboarding":
        """A link that is to be handed over by hand has come; one that was shown stays forgotten."""
        newer = link.round > self.shown_round and link.outranks(self.hand_link)
        return replace(self, hand_link=link) if newer else self

    def mailed(self, mail: Mail, mail_id: UUID) -> "Onboarding":
        """What became of a mail."""
        newest = mail if mail.outranks(self.mail) else self.mail
        sent = set(self.sent_mails) | ({mail_id} if mail.fate is MailFate.SENT else set())
        return replace(self, mail=newest, sent_mails=tuple(sorted(sent)))

    def expired(self, round_: int, at: datetime | None = None) -> "Onboarding":
        """A round ended without credentials."""
        if round_ > self.expired_round:
            return replace(self, expired_round=round_, expired_at=at)
        earlier = at is not None and (self.expired_at is None or at < self.expired_at)
        if round_ == self.expired_round and earlier:
            return replace(self, expired_at=at)
        return self

    def wished(self, wish: Forwarding) -> "Onboarding":
        """Somebody with a link asks for another one."""
        return replace(self, forwarding=wish) if wish.outranks(self.forwarding) else self

    def progressed(self, progress: Progress) -> "Onboarding":
        """A check takes long."""
        if progress.run:
            return replace(self, run_progress=progress.joined(self.run_progress))
        return replace(self, progress=progress.joined(self.progress))

    def authenticated(self, answer: Authentication) -> "Onboarding":
        """An answer about a revision; a newer failure never displaces what is proven."""
        typed = set(self.typed_answers)
        if answer.round == 0 and answer.submission_id is not None:
            typed.add(answer.submission_id)
        known = {each.revision for each in self.accepted} | set(self.withdrawn_revisions)
        accepted = self.accepted
        if answer.verdict is not None and answer.revision not in known:
            accepted = tuple(sorted((*accepted, answer), key=lambda each: each.revision))
        return replace(
            self,
            auth=answer if answer.outranks(self.auth) else self.auth,
            accepted=accepted,
            typed_answers=tuple(sorted(typed)),
        )

    def taken_back(self, revision: int) -> "Onboarding":
        """Whoever submitted a revision says that it was the wrong organisation's."""
        return replace(
            self,
            withdrawn_revisions=tuple(sorted({*self.withdrawn_revisions, revision})),
            accepted=tuple(each for each in self.accepted if each.revision != revision),
        )

    def validated(self, answer: Validation) -> "Onboarding":
        """An answer to a run; a later failure does not forget what a run before it has found."""
        good = answer.verdict is not None and answer.outranks(self.confirmed)
        return replace(
            self,
            validation=answer if answer.outranks(self.validation) else self.validation,
            confirmed=answer if good else self.confirmed,
        )

    def expires_soon(self, expiring: Expiring) -> "Onboarding":
        """The secret of a revision ends soon."""
        return replace(self, expiring=expiring) if expiring.outranks(self.expiring) else self

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

    @property
    def last_failure(self) -> Authentication | None:
        """The newest answer, where it is a failure of the newest round or typed registration."""
        auth = self.auth
        if auth is None or auth.revision in self.withdrawn_revisions or auth.verdict is not None:
            return None
        if auth.round == 0:
            current = self.typed is None or self.typed.asked_round >= self.asked_round
        else:
            current = auth.round >= self.asked_round
        return auth if current else None

    def _state_proven(self) -> State:
        revision = self.proven.revision if self.proven else 0
        if self.run is None or self.run.revision != revision:
            return State.AUTHENTICATED
        if self.is_validating() or self.validation is None:
            return State.VALIDATING
        return State.VALIDATED if self.validation.verdict else State.VALIDATION_FAILED

    def _state_invited(self) -> State:
        if self.is_authenticating:
            return State.AUTHENTICATING
        if 0 < self.asked_round <= self.withdrawn_round:
            return State.WITHDRAWN
        if self.last_failure is not None:
            return State.AUTHENTICATION_FAILED
        if 0 < self.asked_round <= self.expired_round:
            return State.EXPIRED
        if self.asked_round == 0 and self.order is not None:
            return State.AWAITING_CREDENTIALS
        mail = self.current_mail
        if mail is not None and mail.fate is MailFate.UNDELIVERABLE:
            return State.UNDELIVERABLE
        return State.INVITED if self.current_link else State.REQUESTED


def _asked_at(onboarding: Onboarding) -> datetime | None:
    ordered_at = onboarding.order.at if onboarding.order else None
    return onboarding.round_asked_at or ordered_at


def _checked_since(onboarding: Onboarding) -> datetime | None:
    typed, progress = onboarding.typed, onboarding.progress
    if typed is not None and typed.asked_round >= onboarding.asked_round:
        return typed.at
    return progress.began_at if progress else None


def _failed_at(onboarding: Onboarding) -> datetime | None:
    """A failure waits for the operator from when the link is dead, too."""
    auth = onboarding.auth.at if onboarding.auth else None
    ended = None if onboarding.link_lives or not onboarding.asked_round else onboarding.expired_at
    return max(filter(None, (auth, ended)), default=None)


_SINCE: dict[State, Callable[[Onboarding], datetime | None]] = {
    State.REQUESTED: _asked_at,
    State.AWAITING_CREDENTIALS: _asked_at,
    State.INVITED: lambda it: it.link.at if it.link else None,
    State.UNDELIVERABLE: lambda it: it.mail.at if it.mail else None,
    State.EXPIRED: lambda it: it.expired_at,
    State.WITHDRAWN: lambda it: it.withdrawn_at,
    State.AUTHENTICATING: _checked_since,
    State.AUTHENTICATION_FAILED: _failed_at,
    State.AUTHENTICATED: lambda it: it.proven.at if it.proven else None,
    State.VALIDATING: lambda it: it.run.at if it.run else None,
    State.VALIDATION_FAILED: lambda it: it.validation.at if it.validation else None,
    State.VALIDATED: lambda it: it.validation.at if it.validation else None,
    State.CREATING: lambda it: it.creation_asked.at if it.creation_asked else None,
    State.CREATION_FAILED: lambda it: it.creation_failure.at if it.creation_failure else None,
    State.ACTIVE: lambda it: it.creation.at if it.creation else None,
    State.CANCELLED: lambda it: it.cancelled_at,
    State.CLOSED: lambda it: it.closed.at if it.closed else None,
}
