"""Somebody with a link asks the operator: for another person, or for a link that is still good."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from invitation.domain.invitation import Invitation, LinkState
from invitation.domain.submissions import Forwarding
from tenantlink_contracts.invitation import ForwardingRequested
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.unit_of_work import Transactions


@dataclass(frozen=True)
class AskOperator:
    """The verbs with their collaborators."""

    transactions: Transactions[Invitation]
    clock: Clock

    def for_other_person(self, subject: UUID, round_: int, email: str) -> None:
        """Propose that the link goes to another address. `email` is a valid address."""
        with self.transactions.begin() as uow:
            decision = propose(uow.aggregate(subject), round_, email, self.clock())
            uow.apply(subject, decision)

    def for_new_link(self, subject: UUID) -> None:
        """Ask for a link, because one has ended."""
        with self.transactions.begin() as uow:
            uow.apply(subject, want_link(uow.aggregate(subject), self.clock()))


def propose(invitation: Invitation, round_: int, email: str, now: datetime) -> Decision[Invitation]:
    """Only with a live link, and not more often than somebody mistypes an address."""
    live = invitation.link_state(round_, now) is LinkState.LIVE
    if not live or not invitation.may_ask("other_person", now):
        return Decision(invitation)
    asked = invitation.asked(Forwarding(round_, "other_person", now))
    fact = ForwardingRequested(round=round_, why="other_person", email=email)
    return Decision(asked, events=(fact,))


def want_link(invitation: Invitation, now: datetime) -> Decision[Invitation]:
    """Once a day in a round, while there is something left to do; the operator decides."""
    current = invitation.round
    if current is None or not invitation.goes_on or not invitation.may_ask("new_link", now):
        return Decision(invitation)
    if invitation.accepted_in(current.number) is not None:
        return Decision(invitation)
    asked = invitation.asked(Forwarding(current.number, "new_link", now))
    fact = ForwardingRequested(round=current.number, why="new_link", email=current.email)
    return Decision(asked, events=(fact,))
