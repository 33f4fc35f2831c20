"""Ends a round whose time is over."""

from datetime import datetime
from functools import partial

from invitation.domain.invitation import Invitation
from tenantlink_contracts.invitation import InvitationExpired
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job, Settlement


def run(job: Job) -> Settlement[Invitation]:
    """The deadline of a round has come."""
    return Settlement(partial(_expire, round_=job.number))


def _expire(invitation: Invitation, _now: datetime, round_: int) -> Decision[Invitation]:
    """Only a round that still waited has expired; a proven or withdrawn one has not."""
    current = invitation.round
    waited = current is not None and current.number == round_ and invitation.is_open
    if not waited or invitation.accepted_in(round_) is not None:
        return Decision(invitation)
    return Decision(invitation.expired(round_), events=(InvitationExpired(round=round_),))
