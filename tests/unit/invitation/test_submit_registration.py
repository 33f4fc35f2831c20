"""Handing a registration on, while the link is good, and not after."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from invitation.app.submit_registration import (
    LinkNotLive,
    Sender,
    SentTwice,
    TooManyTries,
    submit,
)
from invitation.domain.invitation import Invitation
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_runtime.clock import new_id
from tests.support.events import NOW, a_fact
from tests.support.invitation_builders import (
    BROWSER,
    a_round,
    a_submission,
    an_invitation,
    refused,
    valid,
)


def test_a_submission_is_published_and_remembered_without_its_secret() -> None:
    fact = a_fact(CredentialsSubmitted)
    decision = submit(an_invitation(), fact, Sender(BROWSER), NOW)
    assert decision.events == (fact,)
    assert decision.aggregate.submissions == (a_submission(),)


def test_after_a_refusal_the_administrator_may_submit_again() -> None:
    tried = an_invitation().submitted(a_submission()).learned(refused(), NOW)
    assert submit(tried, a_fact(CredentialsSubmitted), Sender(BROWSER), NOW).events


@pytest.mark.parametrize("what", ["withdrawn", "expired", "ended", "used"])
def test_a_link_that_is_no_longer_live_takes_nothing(what: str) -> None:
    changes: dict[str, Any] = {what: True}
    with pytest.raises(LinkNotLive):
        submit(an_invitation(**changes), a_fact(CredentialsSubmitted), Sender(BROWSER), NOW)


def test_a_form_of_an_earlier_round_takes_nothing() -> None:
    renewed = an_invitation().began(a_round(2))
    with pytest.raises(LinkNotLive):
        submit(renewed, a_fact(CredentialsSubmitted, round=1), Sender(BROWSER), NOW)


def test_the_same_form_twice_is_one_submission_while_it_is_checked_and_after_success() -> None:
    sender = Sender(BROWSER, "form-1")
    sent = submit(an_invitation(), a_fact(CredentialsSubmitted), sender, NOW).aggregate
    accepted = sent.learned(valid(), NOW)
    for again in (sent, accepted):
        with pytest.raises(SentTwice):
            submit(again, a_fact(CredentialsSubmitted), sender, NOW)


def test_another_form_or_the_same_after_a_refusal_is_a_submission_of_its_own() -> None:
    sender = Sender(BROWSER, "form-1")
    sent = submit(an_invitation(), a_fact(CredentialsSubmitted), sender, NOW).aggregate
    assert submit(sent, a_fact(CredentialsSubmitted), Sender(BROWSER, "form-2"), NOW).events
    assert submit(sent, a_fact(CredentialsSubmitted), Sender("colleague", "form-1"), NOW).events
    refused_once = sent.learned(refused(), NOW)
    assert submit(refused_once, a_fact(CredentialsSubmitted), sender, NOW).events


def tried(times: int, every: timedelta = timedelta(0)) -> Invitation:
    """An invitation with which this was tried, the last time now."""
    invitation = an_invitation()
    for number in reversed(range(times)):
        at = NOW - every * number
        invitation = invitation.submitted(a_submission(id=new_id(), at=at))
    return invitation


def waits(invitation: Invitation, now: datetime = NOW) -> float:
    """For how many minutes the next submission has to wait."""
    try:
        submit(invitation, a_fact(CredentialsSubmitted), Sender(BROWSER), now)
    except TooManyTries as error:
        return (error.again_at - now) / timedelta(minutes=1)
    return 0


def test_twenty_tries_an_hour_are_free_and_then_the_wait_grows() -> None:
    assert [waits(tried(times)) for times in (0, 19, 20, 21, 22, 23)] == [0, 0, 1, 2, 4, 8]
    assert waits(tried(50)) == 60


def test_a_wait_ends_and_so_does_its_memory() -> None:
    assert waits(tried(20), NOW + timedelta(seconds=61)) == 0
    assert waits(tried(40), NOW + timedelta(hours=1)) == 0
    assert waits(tried(40, every=timedelta(minutes=4))) == 0


def test_what_never_reached_microsoft_was_no_try() -> None:
    busy = refused()
    assert busy.problem is not None
    unreachable = replace(busy, problem=busy.problem.model_copy(update={"passing": True}))
    invitation = tried(19).submitted(a_submission())
    assert waits(invitation) == 1
    assert waits(invitation.learned(unreachable, NOW)) == 0
    assert waits(invitation.learned(busy, NOW)) == 1
