"""A mail that a server had accepted came back: onboarding is told, as if it had been refused."""

from dataclasses import dataclass
from enum import StrEnum

import structlog

from notifier.app.ports import Correspondences, UnitsOfWork
from notifier.domain.bounces import Bounce
from notifier.domain.correspondence import Correspondence, Fate, Letter
from tenantlink_contracts.notifier import InvitationUndeliverable
from tenantlink_runtime.decision import Decision

_log = structlog.get_logger(__name__)


class Taken(StrEnum):
    """What a report led to."""

    RECORDED = "recorded: the mail is undeliverable"
    KNOWN = "known already"
    PASSING = "the server goes on trying"
    UNKNOWN = "no such mail"


@dataclass(frozen=True)
class TakeBounce:
    """The verb with its collaborators."""

    correspondences: Correspondences
    transactions: UnitsOfWork

    def run(self, bounce: Bounce) -> Taken:
        """Record it, under the lock of its onboarding. Only a failure for good counts."""
        known = self.correspondences.with_mail(bounce.mail_id)
        if known is None:
            return Taken.UNKNOWN
        if not bounce.failed:
            _log.info("mail_delayed_elsewhere", subject=str(known.id), words=bounce.words)
            return Taken.PASSING
        with self.transactions.begin() as uow:
            correspondence = uow.aggregate(known.id)
            letter = correspondence.letter(bounce.mail_id)
            if letter is None or letter.fate is Fate.UNDELIVERABLE:
                return Taken.KNOWN
            uow.apply(known.id, came_back(correspondence, letter, bounce))
        _log.warning(
            "mail_came_back",
            subject=str(known.id),
            kind=letter.kind,
            mail_id=str(letter.id),
            words=bounce.words,
        )
        return Taken.RECORDED


def came_back(
    correspondence: Correspondence, letter: Letter, bounce: Bounce
) -> Decision[Correspondence]:
    """Whether it was an invitation decides whether anybody has to act."""
    met = correspondence.met(letter.id, Fate.UNDELIVERABLE, bounce.words)
    if letter.round == 0:
        return Decision(met)
    fact = InvitationUndeliverable(round=letter.round, mail_id=letter.id, server_words=bounce.words)
    return Decision(met.round_met(letter.round, Fate.UNDELIVERABLE), events=(fact,))
