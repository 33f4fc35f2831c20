"""What somebody with a link may ask the operator for, and how often."""

from datetime import timedelta

import pytest

from invitation.app.ask_operator import propose, want_link
from invitation.domain.invitation import FORWARDINGS_A_DAY, Invitation
from tenantlink_contracts.invitation import ForwardingRequested
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW, SUBJECT
from tests.support.invitation_builders import a_round, an_invitation

COLLEAGUE = "identity@contoso.example"
A_DAY = timedelta(days=1)


def test_whoever_is_not_the_right_person_proposes_another_address() -> None:
    decision = propose(an_invitation(), 1, COLLEAGUE, NOW)
    assert decision.events == (ForwardingRequested(round=1, email=COLLEAGUE),)


@pytest.mark.parametrize("what", ["withdrawn", "expired", "ended", "used"])
def test_only_a_live_link_proposes_somebody(what: str) -> None:
    invitation = an_invitation(**{what: True})  # type: ignore[arg-type]
    assert propose(invitation, 1, COLLEAGUE, NOW) == Decision(invitation)


def test_proposals_end_before_they_become_a_nuisance_and_begin_again_the_next_day() -> None:
    invitation = an_invitation()
    for _ in range(FORWARDINGS_A_DAY["other_person"]):
        decision = propose(invitation, 1, COLLEAGUE, NOW)
        assert decision.events
        invitation = decision.aggregate
    assert propose(invitation, 1, COLLEAGUE, NOW) == Decision(invitation)
    assert propose(invitation, 1, COLLEAGUE, NOW + A_DAY).events


@pytest.mark.parametrize("what", ["withdrawn", "expired"])
def test_whose_link_has_ended_asks_for_another_one_once_a_day(what: str) -> None:
    ended = an_invitation(**{what: True})  # type: ignore[arg-type]
    asked = want_link(ended, NOW)
    assert asked.events == (
        ForwardingRequested(round=1, why="new_link", email="admin@contoso.example"),
    )
    assert want_link(asked.aggregate, NOW + timedelta(hours=23)).events == ()
    assert want_link(asked.aggregate, NOW + A_DAY).events


def test_a_new_round_may_be_asked_for_anew() -> None:
    asked = want_link(an_invitation(expired=True), NOW).aggregate
    second = asked.began(a_round(2)).linked("second").expired(2)
    assert want_link(second, NOW).events


@pytest.mark.parametrize(
    "invitation",
    [
        an_invitation(used=True),
        an_invitation(ended=True),
        an_invitation(used=True).created(NOW),
        Invitation(SUBJECT),
    ],
)
def test_where_nothing_is_left_to_do_nobody_is_bothered(invitation: Invitation) -> None:
    assert want_link(invitation, NOW) == Decision(invitation)
