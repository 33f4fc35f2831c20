"""Whatever order facts come in, and however often: every submission gets its answer, and the
same secrets are kept.

Revisions are numbered on arrival, so two orders may give two submissions each other's number.
What has to be the same is everything else: states are compared by submission, not by number.
"""

from collections import Counter
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from credential_validator.app.validate import PATIENCE
from credential_validator.domain.credentials import Credentials, Submission
from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import CredentialsWithdrawn
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceClosed,
    ServiceCreated,
    TenantValidationRequested,
)
from tests.support.credential_validator_builders import (
    BAD,
    GOOD,
    HANDLERS,
    Desk,
    a_submission,
    sealed,
)
from tests.support.events import NOW, SUBJECT, an_event
from tests.support.histories import delivered, told

History = list[Event[Fact]]
ENDS = (an_event(OnboardingCancelled), an_event(ServiceClosed))


@st.composite
def submissions(draw: st.DrawFn) -> History:
    """What was entered in several rounds, by several people."""
    count = draw(st.integers(1, 4))
    rounds = sorted(draw(st.lists(st.integers(0, 3), min_size=count, max_size=count)))
    return [
        a_submission(
            draw(st.sampled_from([GOOD, BAD])), round=round_, submission_id=UUID(int=number)
        )
        for number, round_ in enumerate(rounds, start=1)
    ]


@st.composite
def a_history(draw: st.DrawFn) -> History:
    """Submissions, and what onboarding asked and decided about their revisions."""
    history = draw(submissions())
    revisions = st.integers(1, len(history))
    for run in range(1, draw(st.integers(0, 3)) + 1):
        history.append(an_event(TenantValidationRequested, run=run, revision=draw(revisions)))
    for revision in draw(st.sets(revisions, max_size=2)):
        history.append(an_event(ServiceCreated, revision=revision))
    for number in draw(st.sets(revisions, max_size=2)):
        history.append(an_event(CredentialsWithdrawn, submission_id=UUID(int=number)))
    if draw(st.integers(0, 3)) == 3:
        history.append(draw(st.sampled_from(ENDS)))
    return history


def needs_no_answer(credentials: Credentials, submission: Submission) -> bool:
    is_old = submission.revision < credentials.kept
    return is_old or submission.submission_id in credentials.withdrawn


def apart_from_numbers(credentials: Credentials) -> Any:
    """The state, with which submission has which number left out."""
    return (
        sorted((each.round, each.submission_id) for each in credentials.submissions),
        [each.revision for each in credentials.submissions],
        all(each.settled == needs_no_answer(credentials, each) for each in credentials.submissions),
        credentials.request,
        credentials.kept,
        credentials.withdrawn,
        credentials.ended,
    )


def worked_off(data: st.DataObject, history: History) -> Desk:
    """A desk after a history, with jobs running between any two events."""
    desk = Desk()
    for event in history:
        desk.deliver(event)
        while data.draw(st.booleans()) and desk.run_one():
            continue
    desk.run_all()
    return desk


def answers(desk: Desk) -> Counter[tuple[UUID, str]]:
    """What every submission was told, and how often."""
    return Counter(
        (fact.submission_id, fact.event_name())
        for fact in desk.told
        if isinstance(fact, DeviceAuthenticated | DeviceAuthenticationFailed)
    )


@given(data=st.data(), history=a_history())
def test_facts_commute(data: st.DataObject, history: History) -> None:
    in_order = told(Credentials(SUBJECT), history, HANDLERS)
    shuffled = told(Credentials(SUBJECT), data.draw(delivered(history)), HANDLERS)
    assert apart_from_numbers(shuffled) == apart_from_numbers(in_order)


@given(data=st.data(), history=submissions())
def test_every_submission_gets_its_one_answer_in_whatever_order_they_come(
    data: st.DataObject, history: History
) -> None:
    told_now = answers(worked_off(data, data.draw(delivered(history))))
    assert sorted(submission for submission, _ in told_now.elements()) == [
        UUID(int=number) for number in range(1, len(history) + 1)
    ]


@given(data=st.data(), history=submissions())
def test_every_link_connects_exactly_one_good_submission_and_an_operator_any_number(
    data: st.DataObject, history: History
) -> None:
    """Which of two good ones is the first to be accepted is for Microsoft to say."""
    desk = worked_off(data, data.draw(delivered(history)))
    accepted = [fact.round for fact in desk.told if isinstance(fact, DeviceAuthenticated)]
    good = [each.data.round for each in history if each.data.credential.sealed == sealed(GOOD)]
    typed = [round_ for round_ in good if round_ == 0]
    assert sorted(accepted) == sorted([*typed, *{round_ for round_ in good if round_}])


@given(data=st.data(), history=a_history())
def test_only_good_secrets_are_kept_and_of_a_created_service_the_newest_alone(
    data: st.DataObject, history: History
) -> None:
    living = [
        each for each in history if not isinstance(each.data, OnboardingCancelled | ServiceClosed)
    ]
    desk = worked_off(data, data.draw(delivered(living)))
    in_use = max((e.data.revision for e in living if isinstance(e.data, ServiceCreated)), default=0)
    withdrawn = {e.data.submission_id for e in living if isinstance(e.data, CredentialsWithdrawn)}
    accepted = {
        fact.revision
        for fact in desk.told
        if isinstance(fact, DeviceAuthenticated)
        and fact.revision >= in_use
        and fact.submission_id not in withdrawn
    }
    kept = {each.revision for each in desk.row.proven}
    assert set(desk.stored_secrets()) <= {GOOD}
    assert kept <= accepted
    if not in_use:
        assert kept == accepted
    elif not withdrawn:
        assert kept == ({max(accepted)} if accepted else set())


@given(data=st.data(), history=a_history(), end=st.sampled_from(ENDS))
def test_no_secret_outlives_an_order_that_was_cancelled_or_closed(
    data: st.DataObject, history: History, end: Event[Fact]
) -> None:
    desk = worked_off(data, data.draw(delivered([*history, end])))
    assert desk.stored_secrets() == []
    assert desk.row == Credentials(SUBJECT, ended=True)


@given(data=st.data(), history=submissions())
def test_no_secret_of_a_withdrawn_submission_is_kept_whatever_comes_first(
    data: st.DataObject, history: History
) -> None:
    gone = [
        an_event(CredentialsWithdrawn, submission_id=each.data.submission_id) for each in history
    ]
    desk = worked_off(data, data.draw(delivered([*history, *gone])))
    assert desk.stored_secrets() == []
    assert desk.row.unsettled() == ()


@given(data=st.data(), history=a_history())
def test_no_secret_waits_in_a_job_of_a_cancelled_order(
    data: st.DataObject, history: History
) -> None:
    desk = Desk()
    for event in data.draw(delivered([*history, an_event(OnboardingCancelled)])):
        desk.deliver(event)
    assert desk.stored_secrets() == []


@given(data=st.data(), history=submissions(), wanted=st.integers(1, 3))
def test_the_newest_request_is_answered_whether_its_credential_was_here_before_it_or_not(
    data: st.DataObject, history: History, wanted: int
) -> None:
    asked = [
        an_event(TenantValidationRequested, run=run, revision=1) for run in range(1, wanted + 1)
    ]
    desk = worked_off(data, data.draw(delivered([*history, *asked])))
    desk.run_all(NOW + PATIENCE)
    last = [f for f in desk.told if isinstance(f, TenantValidated | TenantValidationFailed)][-1]
    is_good = desk.row.credential(1) is not None
    assert (last.run, isinstance(last, TenantValidated)) == (wanted, is_good)
    assert desk.row.open_request() is None


def test_a_request_that_came_before_its_credential_is_answered_as_soon_as_that_is_proven() -> None:
    desk = Desk()
    desk.deliver(an_event(TenantValidationRequested, run=1, revision=1))
    desk.run_all()
    assert desk.told == []
    assert desk.is_waiting_for_credential()
    desk.deliver(a_submission(GOOD))
    desk.run_all()
    assert [fact.event_name() for fact in desk.told] == ["DeviceAuthenticated", "TenantValidated"]
    assert not desk.is_waiting_for_credential()


def test_a_request_whose_credential_never_comes_is_answered_at_its_deadline() -> None:
    desk = Desk()
    desk.deliver(an_event(TenantValidationRequested, run=1, revision=7))
    desk.run_all(NOW + PATIENCE)
    (fact,) = desk.told
    assert isinstance(fact, TenantValidationFailed)
    assert fact.problem.code == "credential_gone"


def test_a_request_about_a_credential_that_was_shredded_is_answered_at_once() -> None:
    desk = Desk()
    desk.deliver(an_event(ServiceCreated, revision=2))
    desk.deliver(an_event(TenantValidationRequested, run=1, revision=1))
    desk.run_all()
    assert [fact.event_name() for fact in desk.told] == ["TenantValidationFailed"]


@pytest.mark.parametrize("secret", [GOOD, BAD])
def test_a_later_bad_submission_does_not_take_an_earlier_ones_answer(secret: str) -> None:
    desk = Desk()
    desk.deliver(a_submission(secret, submission_id=UUID(int=1)))
    desk.deliver(a_submission(BAD, submission_id=UUID(int=2)))
    desk.run_all()
    assert {submission.int for submission, _ in answers(desk)} == {1, 2}
    assert desk.stored_secrets() == ([GOOD] if secret == GOOD else [])
