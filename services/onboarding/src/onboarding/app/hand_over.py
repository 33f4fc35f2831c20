"""Copy link: shows an administrator of the provider a link once, to hand it over by hand.

The link comes sealed to onboarding with the round that `renew_invitation.by_hand` has asked for; it
is kept sealed, and forgotten once it was shown or when its minutes are over. The customer is told.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from onboarding.app.desk import Desk
from onboarding.app.ports import LinkOpener, NotPossible
from onboarding.domain.notices import handed_over
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Role, Scope
from tenantlink_contracts.onboarding import NoticeRequested
from tenantlink_runtime.decision import Decision

_GONE = "The link was shown already, or its minutes are over. Ask for another one with Copy link."


@dataclass(frozen=True)
class HandOver:
    """The verb with its collaborators."""

    desk: Desk
    opener: LinkOpener
    shown_for: timedelta = timedelta(minutes=5)

    def reveal(self, scope: Scope, subject: UUID, operator: Operator, origin: str = "") -> str:
        """The link, for this one time. NotPossible where there is none to show."""
        if operator.role < Role.ADMINISTRATOR:
            raise NotPossible("Only administrators can see a link.")
        seen: list[str] = []

        def decide(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
            link, order = onboarding.hand_link, onboarding.order
            if link is None or order is None or now - link.at > self.shown_for:
                raise NotPossible(_GONE)
            seen.append(self.opener.open_link(link.sealed, subject, link.round))
            forgotten = replace(onboarding, hand_link=None, shown_round=link.round)
            notice = handed_over(onboarding, order, operator.name)
            return Decision(forgotten, events=(NoticeRequested(notices=(notice,)),))

        text = "Saw the link, to hand it over by hand"
        self.desk.act(scope, subject, operator, text, decide, origin)
        return seen[0]
