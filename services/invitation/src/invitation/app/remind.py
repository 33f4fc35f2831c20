"""Reminds of a link that nobody has used yet: another token, with the same end."""

from datetime import datetime

from invitation.app.issue_link import issued_link
from invitation.app.ports import LinkMinter
from invitation.domain.invitation import Invitation, LinkState
from tenantlink_contracts.names import NOTIFIER
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job, Settlement


def run(job: Job, links: LinkMinter) -> Settlement[Invitation]:
    """The time of a reminder has come."""
    return Settlement(lambda invitation, now: remind(invitation, now, job.number, links))


def remind(
    invitation: Invitation, now: datetime, round_: int, links: LinkMinter
) -> Decision[Invitation]:
    """Only while the link waits: not after success, not while a registration is being checked."""
    live = invitation.link_state(round_, now) is LinkState.LIVE
    current = invitation.round
    if current is None or not live or invitation.is_being_checked(round_):
        return Decision(invitation)
    minted = links.mint(invitation.id, round_, NOTIFIER)
    reminder = issued_link(current, "reminder", minted.sealed_link)
    return Decision(invitation.linked(minted.token_hash), events=(reminder,))
