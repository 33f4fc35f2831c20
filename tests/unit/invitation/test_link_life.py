"""What a link is worth: until when it lives, and what kills it."""

from datetime import timedelta
from uuid import uuid4

import pytest

from invitation.domain.invitation import KEPT_OUTCOMES, KEPT_SUBMISSIONS, Invitation, LinkState
from tests.support.events import NOW, SUBJECT, SUBMISSION
from tests.support.invitation_builders import (
    BROWSER,
    a_round,
    a_submission,
    an_invitation,
    refused,
    valid,
)

END = NOW + timedelta(days=14)


def test_a_link_of_the_current_round_is_live_until_its_end() -> None:
    invitation = an_invitation(expires_at=END)
    assert invitation.link_state(1, END - timedelta(microseconds=1)) is LinkState.LIVE
    assert invitation.link_state(1, END) is LinkState.DEAD


@pytest.mark.parametrize("what", ["withdrawn", "expired", "ended"])
def test_a_link_is_dead_and_its_token_forgotten_once_its_round_is_over(what: str) -> None:
    invitation = an_invitation(**{what: True})
    assert invitation.link_state(1, NOW) is LinkState.DEAD
    assert invitation.links == ()


def test_a_new_round_kills_the_links_of_the_one_before() -> None:
    renewed = an_invitation(number=1).began(a_round(2)).linked("second")
    assert renewed.link_state(1, NOW) is LinkState.DEAD
    assert renewed.link_state(2, NOW) is LinkState.LIVE
    assert [link.token_hash for link in renewed.links] == ["second"]


def test_all_tokens_of_a_round_die_together() -> None:
    invitation = an_invitation(expires_at=END).linked("reminder")
    assert [link.token_hash for link in invitation.links] == ["the-hash", "reminder"]
    assert {link.round for link in invitation.links} == {1}
    assert invitation.withdrawn(1).links == ()


def test_a_link_is_done_once_microsoft_has_accepted_a_registration() -> None:
    assert an_invitation(used=True).link_state(1, NOW) is LinkState.DONE


def test_a_refused_registration_leaves_the_link_good() -> None:
    assert an_invitation().learned(refused(), NOW).link_state(1, NOW) is LinkState.LIVE


def test_a_used_link_dies_when_its_time_is_over() -> None:
    assert an_invitation(used=True, expires_at=END).link_state(1, END) is LinkState.DEAD


def test_a_registration_that_was_accepted_in_an_earlier_round_does_not_use_up_a_later_link() -> (
    None
):
    renewed = an_invitation(used=True).began(a_round(2)).linked("second")
    assert renewed.link_state(2, NOW) is LinkState.LIVE


def test_a_later_refusal_does_not_bring_a_used_link_back() -> None:
    invitation = an_invitation(used=True).learned(refused(revision=2, submission_id=uuid4()), NOW)
    assert invitation.link_state(1, NOW) is LinkState.DONE


def test_withdrawing_an_old_round_leaves_the_current_one_alone() -> None:
    assert an_invitation(number=2).withdrawn(1).link_state(2, NOW) is LinkState.LIVE


def test_an_invitation_that_was_never_asked_for_has_no_live_link() -> None:
    nobody = Invitation(SUBJECT)
    assert nobody.link_state(1, NOW) is LinkState.DEAD
    assert nobody.linked("stray").links == ()


def test_outcomes_are_found_in_whatever_order_two_submissions_were_numbered() -> None:
    earlier, later = uuid4(), uuid4()
    invitation = an_invitation().submitted(a_submission(id=later))
    numbered = invitation.learned(refused(1, submission_id=later), NOW)
    numbered = numbered.learned(refused(2, submission_id=earlier), NOW)
    outcome = numbered.outcome_of(later)
    assert outcome is not None
    assert outcome.revision == 1


def test_an_invitation_does_not_grow_with_every_try() -> None:
    invitation = an_invitation()
    for revision in range(1, 100):
        invitation = invitation.learned(refused(revision, submission_id=uuid4()), NOW)
    assert [each.revision for each in invitation.outcomes] == list(range(100 - KEPT_OUTCOMES, 100))
    assert len(invitation.outcomes) == KEPT_OUTCOMES


def test_a_used_link_stays_used_after_its_outcome_has_been_forgotten() -> None:
    invitation = an_invitation(used=True)
    for revision in range(2, 2 + KEPT_OUTCOMES):
        invitation = invitation.learned(refused(revision, submission_id=uuid4()), NOW)
    assert invitation.outcome_of(SUBMISSION) is None
    assert invitation.link_state(1, NOW) is LinkState.DONE


def test_only_the_browser_that_submitted_in_this_round_has_a_submission() -> None:
    invitation = an_invitation().submitted(a_submission(round=1))
    assert invitation.submission_from(BROWSER, 1) == a_submission(round=1)
    assert invitation.submission_from("another browser", 1) is None
    assert invitation.submission_from(BROWSER, 2) is None


def test_each_browser_keeps_its_own_submission_and_what_came_of_it() -> None:
    theirs = a_submission(id=uuid4(), browser="a colleague's")
    both = an_invitation().submitted(a_submission()).submitted(theirs).learned(valid(), NOW)
    assert both.submission_from(BROWSER, 1) == a_submission()
    assert both.submission_from("a colleague's", 1) == theirs
    assert both.is_being_checked(1)
    assert not both.learned(refused(2, submission_id=theirs.id), NOW).is_being_checked(1)


def test_an_invitation_does_not_grow_with_every_browser() -> None:
    invitation = an_invitation()
    for number in range(100):
        invitation = invitation.submitted(a_submission(id=uuid4(), browser=f"browser {number}"))
    assert len(invitation.submissions) == KEPT_SUBMISSIONS


def test_a_late_outcome_of_a_dead_round_changes_no_link() -> None:
    renewed = an_invitation().began(a_round(2)).linked("second").learned(valid(round_=1), NOW)
    assert renewed.link_state(2, NOW) is LinkState.LIVE
