"""What operators do: who may, how often, and what a second click leads to."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onboarding.app.claim_invitation import claim, holding
from onboarding.app.create_service import create
from onboarding.app.ports import NotPossible
from onboarding.app.renew_invitation import resend, withdraw
from onboarding.app.request_validation import PATIENCE, is_late, validate
from onboarding.domain.registers import Claim, Creation, M365Settings, Routing, Run
from onboarding.domain.states import State
from tenantlink_contracts.onboarding import (
    InvitationWithdrawn,
    TenantValidationRequested,
)
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW
from tests.support.onboarding_builders import (
    a_validated_onboarding,
    an_onboarding,
    an_operator,
    authenticated,
)

OLIVIA = an_operator(subject="olivia", name="Olivia")
OSCAR = an_operator(subject="oscar", name="Oscar")
OF_OLIVIA = Claim("olivia", "Olivia", NOW)
SETTINGS = M365Settings(Routing.DEFAULT, "contoso.example")
LATER = NOW + timedelta(hours=1)


def test_adding_twice_changes_nothing() -> None:
    mine = a_validated_onboarding(claim=OF_OLIVIA)
    assert claim(mine, LATER, OLIVIA, False) == Decision(mine)


def test_an_active_service_cannot_be_added_any_more() -> None:
    active = a_validated_onboarding(creation=Creation(1, NOW))
    with pytest.raises(NotPossible, match="exists already"):
        claim(active, NOW, OLIVIA, False)


def test_only_who_has_added_it_goes_on_with_it() -> None:
    mine = a_validated_onboarding(claim=OF_OLIVIA)
    assert holding(OLIVIA, validate)(mine, NOW).events
    with pytest.raises(NotPossible, match="Olivia has added it"):
        holding(OSCAR, validate)(mine, NOW)
    with pytest.raises(NotPossible, match="Add it"):
        holding(OSCAR, validate)(replace(mine, claim=None), NOW)


def test_a_run_that_stays_without_an_answer_may_be_asked_again() -> None:
    running = a_validated_onboarding(run=Run(1, 1, NOW), validation=None)
    assert not is_late(running, NOW + PATIENCE)
    later = NOW + PATIENCE + timedelta(seconds=1)
    assert is_late(running, later)
    assert validate(running, later).events == (
        TenantValidationRequested(run=2, revision=1, why="onboarding"),
    )


def test_a_run_asks_about_the_newest_proven_revision() -> None:
    newer = a_validated_onboarding(proven=authenticated(2), creation=Creation(1, NOW))
    assert validate(newer, NOW).events == (
        TenantValidationRequested(run=2, revision=2, why="manual"),
    )


def test_creating_twice_creates_once() -> None:
    active = create(a_validated_onboarding(settings=SETTINGS), NOW).aggregate
    assert create(active, LATER) == Decision(active)


def test_withdrawing_kills_all_rounds_so_far_and_a_new_one_can_follow() -> None:
    decision = withdraw(an_onboarding(asked_round=2), NOW)
    assert decision.events == (InvitationWithdrawn(round=2),)
    assert decision.aggregate.state is State.WITHDRAWN
    with pytest.raises(NotPossible, match="no link"):
        withdraw(decision.aggregate, NOW)
    assert resend(decision.aggregate, NOW, OLIVIA).aggregate.asked_round == 3
