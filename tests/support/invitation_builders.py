"""Builders of invitations, with defaults, and the collaborators that tests give to verbs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from invitation.app.ports import Minted
from invitation.domain.invitation import Invitation
from invitation.domain.rounds import LinkKind, Round
from invitation.domain.submissions import Outcome, Submission
from tenantlink_contracts.values import Problem, Verdict
from tests.support.events import CLIENT, NOW, PROBLEM, SEALED, SUBJECT, SUBMISSION, TENANT, VERDICT

BROWSER = "the browser that submitted"
SECRET = "Abc8Q~not-a-real-secret_0123456789.xyz"
TYPED = {"tenant": TENANT, "client_id": CLIENT, "secret": SECRET}


@dataclass(frozen=True)
class KnownLinks:
    """A `LinkMinter` whose links follow from subject and round, so that histories compare."""

    def mint(
        self, subject: UUID, round_: int, reader: str, kind: LinkKind = LinkKind.WIZARD
    ) -> Minted:
        """The same link for the same round, reader and kind."""
        return Minted(f"{subject}/{round_}/{reader}/{kind}", SEALED)


def a_round(number: int = 1, **changes: Any) -> Round:
    """A round as asked for at `NOW`, good for 14 days."""
    values: dict[str, Any] = {
        "number": number,
        "email": "admin@contoso.example",
        "language": "en",
        "asked_at": NOW,
        "expires_at": NOW + timedelta(days=14),
        "customer_name": "Contoso",
        "full_name": "Contoso Direct Routing",
        "requested_by": "Operator",
    }
    return Round(**{**values, **changes})


def an_invitation(
    *,
    number: int = 1,
    expires_at: datetime = NOW + timedelta(days=14),
    withdrawn: bool = False,
    expired: bool = False,
    used: bool = False,
    ended: bool = False,
    subject: UUID = SUBJECT,
    token_hash: str = "the-hash",  # noqa: S107  a hash, and invented
) -> Invitation:
    """An invitation whose current round has a link, with what then happened to it."""
    begun = Invitation(subject).began(a_round(number, expires_at=expires_at)).linked(token_hash)
    if used:
        begun = begun.submitted(a_submission(round=number)).learned(valid(round_=number), NOW)
    begun = begun.withdrawn(number) if withdrawn else begun
    begun = begun.expired(number) if expired else begun
    return begun.finished() if ended else begun


def a_submission(**changes: Any) -> Submission:
    """What the administrator entered in the first round."""
    values: dict[str, Any] = {
        "id": SUBMISSION,
        "round": 1,
        "browser": BROWSER,
        "tenant": TENANT,
        "client_id": UUID(CLIENT),
        "at": NOW,
    }
    return Submission(**{**values, **changes})


def valid(revision: int = 1, round_: int = 1, submission_id: UUID = SUBMISSION) -> Outcome:
    """Microsoft accepted a submission."""
    verdict = Verdict.model_validate(VERDICT)
    return Outcome(revision, round_, submission_id, verdict=verdict)


def refused(revision: int = 1, round_: int = 1, submission_id: UUID = SUBMISSION) -> Outcome:
    """Microsoft did not accept a submission."""
    return Outcome(revision, round_, submission_id, problem=Problem.model_validate(PROBLEM))
