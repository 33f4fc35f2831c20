"""The end of a service's secret is told in time, once at each threshold, and a renewal moves it."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from credential_validator.app.tell_expiry import EXPIRING
from credential_validator.domain.expiry import THRESHOLDS, next_threshold_at, passed_threshold
from tenantlink_contracts.credential_validator import ClientSecretExpiring
from tenantlink_contracts.invitation import CredentialsWithdrawn
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    TenantValidationRequested,
)
from tests.support.credential_validator_builders import Desk, a_submission, ending_in
from tests.support.events import NOW, an_event

MINUTE = timedelta(minutes=1)


def days(number: float) -> timedelta:
    return timedelta(days=number)


def an_active_desk(ends_in: float | None) -> Desk:
    """A service was created with a secret that ends in so many days."""
    desk = Desk(verdict=ending_in(ends_in))
    desk.deliver(a_submission())
    desk.run_all()
    desk.deliver(an_event(ServiceCreated))
    return desk


def warnings(desk: Desk) -> list[tuple[int, int]]:
    """What was told: revision and threshold."""
    return [
        (fact.revision, fact.threshold)
        for fact in desk.told
        if isinstance(fact, ClientSecretExpiring)
    ]


@pytest.mark.parametrize(
    ("left", "threshold"),
    [
        (61, None),
        (60, 60),
        (59.9, 60),
        (30.1, 60),
        (30, 30),
        (8, 14),
        (1, 1),
        (0.5, 1),
        (0, 0),
        (-9, 0),
    ],
)
def test_the_smallest_threshold_that_was_passed_counts(left: float, threshold: int | None) -> None:
    assert passed_threshold(NOW + days(left), NOW) == threshold


@pytest.mark.parametrize(("left", "in_days"), [(180, 120), (60, 30), (30, 16), (1, 1), (0, None)])
def test_the_next_threshold_comes_after_now(left: float, in_days: int | None) -> None:
    expected = None if in_days is None else NOW + days(in_days)
    assert next_threshold_at(NOW + days(left), NOW) == expected


def test_every_threshold_of_a_long_life_is_told_once_and_then_nothing_more() -> None:
    desk = an_active_desk(180)
    for passed in range(400):
        desk.run_all(NOW + days(passed) + MINUTE)
    assert warnings(desk) == [(1, threshold) for threshold in sorted(THRESHOLDS, reverse=True)]
    assert EXPIRING not in {job.kind for job in desk.jobs.values()}


def test_a_secret_that_ends_soon_is_told_at_the_creation_by_the_one_threshold_that_counts() -> None:
    desk = an_active_desk(20)
    desk.run_all()
    desk.run_all(NOW + days(7))
    assert warnings(desk) == [(1, 30), (1, 14)]


def test_nothing_is_told_or_planned_before_the_service_is_created() -> None:
    desk = Desk(verdict=ending_in(1))
    desk.deliver(a_submission())
    desk.run_all(NOW + days(9))
    assert warnings(desk) == []
    assert desk.jobs == {}


def test_an_end_that_nobody_knows_plans_nothing() -> None:
    desk = an_active_desk(None)
    assert desk.jobs == {}


def test_a_proven_renewal_moves_the_timer_to_its_own_end() -> None:
    desk = an_active_desk(20)
    desk.run_all()
    desk.verdict = ending_in(365)
    desk.deliver(a_submission(round=2, submission_id=UUID(int=2)))
    desk.run_all()
    desk.run_all(NOW + days(300))
    desk.run_all(NOW + days(305))
    assert warnings(desk) == [(1, 30), (2, 60)]


def test_an_end_that_a_validation_finds_to_be_another_is_told_anew() -> None:
    desk = an_active_desk(100)
    desk.verdict = ending_in(10)
    desk.deliver(an_event(TenantValidationRequested, why="nightly"))
    desk.run_all()
    assert warnings(desk) == [(1, 14)]


@pytest.mark.parametrize("end", [ServiceClosed, OnboardingCancelled, CredentialsWithdrawn])
def test_what_is_in_use_no_more_is_told_no_more(end: Any) -> None:
    desk = an_active_desk(100)
    desk.deliver(an_event(end))
    desk.run_all(NOW + days(101))
    assert warnings(desk) == []
    assert desk.jobs == {}
