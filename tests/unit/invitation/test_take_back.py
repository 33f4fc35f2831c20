"""'Not our organisation': who may say so, how long, and that the link is good again."""

from datetime import timedelta

import pytest

from invitation.app import expire
from invitation.app.issue_link import EXPIRE, REMIND
from invitation.app.take_back import TooLate, take_back
from invitation.domain.invitation import Invitation, LinkState
from tenantlink_contracts.invitation import CredentialsWithdrawn, InvitationExpired
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.job import Job
from tests.support.events import NOW, SUBJECT, SUBMISSION
from tests.support.invitation_builders import BROWSER, a_submission, an_invitation, valid

SOON = NOW + timedelta(minutes=29)


def test_the_browser_that_connected_a_tenant_may_take_it_back_and_start_again() -> None:
    decision = take_back(an_invitation(used=True), 1, BROWSER, SOON)
    assert decision.events == (CredentialsWithdrawn(round=1, submission_id=SUBMISSION, revision=1),)
    assert decision.aggregate.link_state(1, SOON) is LinkState.LIVE
    assert [job.kind for job in decision.jobs] == [EXPIRE, REMIND, REMIND]


def test_after_it_was_taken_back_another_registration_connects() -> None:
    again = take_back(an_invitation(used=True), 1, BROWSER, SOON).aggregate
    second = new_id()
    connected = again.submitted(a_submission(id=second)).learned(
        valid(revision=2, submission_id=second), SOON
    )
    assert connected.link_state(1, SOON) is LinkState.DONE
    assert take_back(connected, 1, BROWSER, SOON).events == (
        CredentialsWithdrawn(round=1, submission_id=second, revision=2),
    )


def test_what_was_taken_back_stays_so_though_its_outcome_is_heard_again() -> None:
    again = take_back(an_invitation(used=True), 1, BROWSER, SOON).aggregate
    assert again.learned(valid(), NOW).link_state(1, SOON) is LinkState.LIVE


@pytest.mark.parametrize(
    ("invitation", "browser", "minutes"),
    [
        (an_invitation(used=True), "another browser", 1),
        (an_invitation(used=True), BROWSER, 30),
        (an_invitation(), BROWSER, 1),
        (an_invitation(used=True).created(NOW), BROWSER, 1),
        (an_invitation(used=True, ended=True), BROWSER, 1),
    ],
)
def test_nobody_else_and_nobody_later_takes_anything_back(
    invitation: Invitation, browser: str, minutes: int
) -> None:
    with pytest.raises(TooLate):
        take_back(invitation, 1, browser, NOW + timedelta(minutes=minutes))


def test_a_round_that_was_taken_back_expires_at_its_end() -> None:
    again = take_back(an_invitation(used=True), 1, BROWSER, SOON).aggregate
    job = Job(new_id(), EXPIRE, SUBJECT, 1, "", {}, 0, new_id())
    end = NOW + timedelta(days=14)
    assert expire.run(job).decide(again, end).events == (InvitationExpired(round=1),)
