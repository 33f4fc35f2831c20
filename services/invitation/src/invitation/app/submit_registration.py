"""Takes what somebody entered in the wizard, and hands it on, sealed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from invitation.app.ports import SecretSealer
from invitation.domain.invitation import Invitation, LinkState, Submission
from invitation.domain.registration import Registration
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.values import SecretCredential
from tenantlink_runtime.clock import Clock, new_id
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.unit_of_work import Transactions


class LinkNotLive(Exception):
    """The link has died since the form was shown."""


@dataclass(frozen=True)
class SubmitRegistration:
    """The verb with its collaborators."""

    transactions: Transactions[Invitation]
    sealer: SecretSealer
    clock: Clock

    def run(self, subject: UUID, round_: int, browser: str, entered: Registration) -> UUID:
        """The submission's id. The secret is sealed here, in the request that received it."""
        submission_id = new_id()
        fact = CredentialsSubmitted(
            round=round_,
            submission_id=submission_id,
            tenant=entered.tenant,
            client_id=entered.client_id,
            credential=SecretCredential(
                sealed=self.sealer.seal_secret(entered.secret, subject, round_)
            ),
        )
        with self.transactions.begin() as uow:
            decision = submit(uow.aggregate(subject), fact, browser, self.clock())
            uow.apply(subject, decision)
        return submission_id


def submit(
    invitation: Invitation, fact: CredentialsSubmitted, browser: str, now: datetime
) -> Decision[Invitation]:
    """Only a live link takes submissions; LinkNotLive otherwise."""
    if invitation.link_state(fact.round, now) is not LinkState.LIVE:
        raise LinkNotLive
    submission = Submission(
        fact.submission_id, fact.round, browser, fact.tenant, fact.client_id, now
    )
    return Decision(invitation.submitted(submission), events=(fact,))
