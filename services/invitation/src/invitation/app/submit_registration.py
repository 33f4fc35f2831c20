"""Takes what somebody entered in the wizard, and hands it on, sealed."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from invitation.app.ports import SecretSealer
from invitation.domain.invitation import Invitation, LinkState
from invitation.domain.registration import Registration
from invitation.domain.submissions import Submission
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.values import SecretCredential
from tenantlink_runtime.clock import Clock, new_id
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.unit_of_work import Transactions


class LinkNotLive(Exception):
    """The link has died since the form was shown."""


class SentTwice(Exception):
    """The same form has come again: a double click, a reload, Back."""


class TooManyTries(Exception):
    """More was tried lately than a person does; it may be tried again at `again_at`."""

    def __init__(self, again_at: datetime) -> None:
        super().__init__(f"not before {again_at:%H:%M:%S}")
        self.again_at = again_at


@dataclass(frozen=True, slots=True)
class Sender:
    """Who sends a form: the session of a browser, and which form it was."""

    browser: str
    form: str = ""


@dataclass(frozen=True)
class SubmitRegistration:
    """The verb with its collaborators."""

    transactions: Transactions[Invitation]
    sealer: SecretSealer
    clock: Clock

    def run(self, subject: UUID, round_: int, sender: Sender, entered: Registration) -> None:
        """The secret is sealed here, in the request that received it.

        LinkNotLive where the link has died or was used meanwhile; TooManyTries says until when to
        wait. The same form twice is one submission.
        """
        with suppress(SentTwice), self.transactions.begin() as uow:
            invitation = uow.aggregate(subject)
            fact = self._fact(invitation, round_, entered)
            uow.apply(subject, submit(invitation, fact, sender, self.clock()))

    def _fact(
        self, invitation: Invitation, round_: int, entered: Registration
    ) -> CredentialsSubmitted:
        if invitation.round is None:
            raise LinkNotLive
        sealed = self.sealer.seal_secret(entered.secret, invitation.id, round_)
        return CredentialsSubmitted(
            round=round_,
            submission_id=new_id(),
            tenant=entered.tenant,
            client_id=entered.client_id,
            credential=SecretCredential(sealed=sealed, declared_expiry=entered.declared_expiry),
            expected=invitation.round.expected,
        )


def submit(
    invitation: Invitation, fact: CredentialsSubmitted, sender: Sender, now: datetime
) -> Decision[Invitation]:
    """Only a live link takes submissions, each form once, and not too many in an hour."""
    if invitation.repeats(sender.browser, fact.round, sender.form):
        raise SentTwice
    if invitation.link_state(fact.round, now) is not LinkState.LIVE:
        raise LinkNotLive
    if again_at := invitation.may_submit_at(now):
        raise TooManyTries(again_at)
    submission = Submission(
        fact.submission_id,
        fact.round,
        sender.browser,
        fact.tenant,
        fact.client_id,
        now,
        sender.form,
    )
    return Decision(invitation.submitted(submission), events=(fact,))
