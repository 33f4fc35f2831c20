"""Which answer the days until the client secret expires are taken from."""

from datetime import timedelta

import pytest

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Validation
from onboarding.domain.secret_days import secret_days
from tenantlink_contracts.values import ExpirySource, Problem
from tests.support.events import NOW, PROBLEM
from tests.support.onboarding_builders import a_verdict, an_onboarding, authenticated


def _ending(days: float, revision: int = 1) -> Onboarding:
    verdict = a_verdict(expires_at=NOW + timedelta(days=days))
    return an_onboarding().authenticated(authenticated(revision, verdict))


def _confirmed(run: int, days: int) -> Validation:
    verdict = a_verdict(expires_at=NOW + timedelta(days=days))
    return Validation(run, 1, NOW, verdict=verdict)


def _failed(run: int) -> Validation:
    return Validation(run, 1, NOW, problem=Problem.model_validate(PROBLEM))


def test_a_second_before_a_whole_day_the_day_does_not_count() -> None:
    assert _ending(180 - 1 / 86400).days_left(NOW) == 179
    assert _ending(-1 / 86400).days_left(NOW) == -1


def test_the_newest_validation_tells_the_end() -> None:
    assert _ending(10).validated(_confirmed(1, 30)).days_left(NOW) == 30


@pytest.mark.parametrize("swapped", [False, True])
def test_a_later_failure_does_not_forget_what_the_run_before_has_found(swapped: bool) -> None:
    answers = [_confirmed(1, 30), _failed(2)]
    onboarding = _ending(10)
    for answer in reversed(answers) if swapped else answers:
        onboarding = onboarding.validated(answer)
    assert onboarding.days_left(NOW) == 30


def test_a_newer_revision_is_not_described_by_validations_of_an_older_one() -> None:
    newer = authenticated(2, a_verdict(expires_at=NOW + timedelta(days=99)))
    onboarding = _ending(10).validated(_confirmed(1, 30)).authenticated(newer)
    assert onboarding.days_left(NOW) == 99


def test_an_ambiguous_end_is_called_the_earliest() -> None:
    verdict = a_verdict(
        expires_at=NOW + timedelta(days=9), expiry_source=ExpirySource.GRAPH_AMBIGUOUS
    )
    onboarding = an_onboarding(proven=authenticated(verdict=verdict))
    assert secret_days(onboarding, NOW).text == "9 (the earliest of several)"


@pytest.mark.parametrize("days", [100, 45, 20, 3, -2])
def test_what_the_colour_says_is_said_in_words_too(days: int) -> None:
    assert secret_days(_ending(days), NOW).advice
