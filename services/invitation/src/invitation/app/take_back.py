"""'This is not our organisation': whoever connected a tenant takes it back, and may start again."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from invitation.app.issue_link import deadlines
from invitation.domain.invitation import Invitation
from tenantlink_contracts.invitation import CredentialsWithdrawn
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.unit_of_work import Transactions


class TooLate(Exception):
    """The half hour is over, the service exists already, or this browser has connected nothing."""


@dataclass(frozen=True)
class TakeBack:
    """The verb with its collaborators."""

    transactions: Transactions[Invitation]
    clock: Clock

    def run(self, subject: UUID, round_: int, browser: str) -> None:
        """From here on the link is good again; TooLate where nothing can be taken back."""
        with self.transactions.begin() as uow:
            decision = take_back(uow.aggregate(subject), round_, browser, self.clock())
            uow.apply(subject, decision)


def take_back(
    invitation: Invitation, round_: int, browser: str, now: datetime
) -> Decision[Invitation]:
    """What was accepted no longer counts; the deadlines of the round count again."""
    good = invitation.regrettable(browser, round_, now)
    if good is None or invitation.round is None:
        raise TooLate
    fact = CredentialsWithdrawn(
        round=round_, submission_id=good.submission_id, revision=good.revision
    )
    jobs = deadlines(invitation.round, now)
    return Decision(invitation.took_back(good.revision), events=(fact,), jobs=jobs)
