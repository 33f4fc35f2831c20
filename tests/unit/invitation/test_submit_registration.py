"""Handing a registration on, while the link is good, and not after."""

from typing import Any

import pytest

from invitation.app.submit_registration import LinkNotLive, submit
from tenantlink_contracts.invitation import CredentialsSubmitted
from tests.support.events import NOW, a_fact
from tests.support.invitation_builders import BROWSER, a_round, a_submission, an_invitation, refused


def test_a_submission_is_published_and_remembered_without_its_secret() -> None:
    fact = a_fact(CredentialsSubmitted)
    decision = submit(an_invitation(), fact, BROWSER, NOW)
    assert decision.events == (fact,)
    assert decision.aggregate.submissions == (a_submission(),)


def test_after_a_refusal_the_administrator_may_submit_again() -> None:
    tried = an_invitation().submitted(a_submission()).learned(refused())
    assert submit(tried, a_fact(CredentialsSubmitted), BROWSER, NOW).events


@pytest.mark.parametrize("what", ["withdrawn", "expired", "ended", "used"])
def test_a_link_that_is_no_longer_live_takes_nothing(what: str) -> None:
    changes: dict[str, Any] = {what: True}
    with pytest.raises(LinkNotLive):
        submit(an_invitation(**changes), a_fact(CredentialsSubmitted), BROWSER, NOW)


def test_a_form_of_an_earlier_round_takes_nothing() -> None:
    renewed = an_invitation().began(a_round(2))
    with pytest.raises(LinkNotLive):
        submit(renewed, a_fact(CredentialsSubmitted, round=1), BROWSER, NOW)
