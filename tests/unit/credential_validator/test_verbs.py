"""What happens with a submission, with a wish to validate again, and at the end of an order."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from credential_validator.app import authenticate, end, validate
from credential_validator.app.authenticate import AUTHENTICATE, Authenticate
from credential_validator.app.ports import Refused
from credential_validator.app.validate import PATIENCE, VALIDATE, Validate
from credential_validator.app.wait import PATIENCE_WITH_MICROSOFT
from credential_validator.domain import problems
from credential_validator.domain.credentials import Credentials
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.invitation import CredentialsSubmitted, CredentialsWithdrawn
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceCreated,
    TenantValidationRequested,
)
from tenantlink_contracts.values import Verdict
from tenantlink_runtime.decision import Decision, NewJob
from tenantlink_runtime.job import Settlement
from tests.support.credential_validator_builders import (
    BUSY,
    FRESH,
    GOOD,
    GOOD_VERDICT,
    QUIET,
    WRONG,
    Desk,
    OpenStore,
    PlainOpener,
    ScriptedProver,
    a_credential,
    a_job,
    a_submission,
    at_now,
    some_credentials,
)
from tests.support.events import NOW, SUBJECT, SUBMISSION, TENANT, a_fact, an_event

BLANK = Credentials(SUBJECT)
SLOT = str(SUBMISSION)


def authenticated(
    answer: Verdict | Refused,
    secret: str = GOOD,
    waited: timedelta = timedelta(0),
    **changes: object,
) -> tuple[Settlement[Credentials], ScriptedProver]:
    """What the job of a submission leads to."""
    prover = ScriptedProver([answer])
    data = a_submission(secret, **changes).data.model_dump(mode="json")
    verb = Authenticate(prover, PlainOpener(), OpenStore(), QUIET)
    return verb.run(a_job(AUTHENTICATE, 1, data, NOW - waited), at_now), prover


def validated(
    credentials: Credentials,
    answer: Verdict | Refused = GOOD_VERDICT,
    waited: timedelta = timedelta(0),
) -> tuple[Settlement[Credentials], ScriptedProver]:
    """What the job of a wish leads to."""
    prover = ScriptedProver([answer])
    verb = Validate(prover, OpenStore(), Desk(credentials), QUIET)
    return verb.run(a_job(VALIDATE, 1, {}, NOW - waited), at_now), prover


def asked(credentials: Credentials, run: int = 1, revision: int = 1) -> Decision[Credentials]:
    event = an_event(TenantValidationRequested, run=run, revision=revision, why="manual")
    return validate.on_tenant_validation_requested(credentials, event, NOW)


def test_a_submission_gets_the_next_revision_and_a_job_that_holds_it_sealed() -> None:
    event = a_submission(submission_id=UUID(int=2))
    decision = authenticate.on_credentials_submitted(some_credentials(1), event, NOW)
    data = {**event.data.model_dump(mode="json"), "since": NOW.isoformat()}
    assert decision.aggregate.last_revision == 2
    job = NewJob(AUTHENTICATE, NOW, 2, str(UUID(int=2)), data, target=str(event.data.tenant))
    assert decision.jobs == (job,)


def test_the_same_submission_delivered_again_gets_no_second_number_and_no_second_job() -> None:
    event = a_submission()
    first = authenticate.on_credentials_submitted(BLANK, event, NOW).aggregate
    assert authenticate.on_credentials_submitted(first, event, NOW) == Decision(first)


def test_a_submission_to_a_cancelled_order_leads_to_nothing() -> None:
    cancelled = BLANK.end()
    decision = authenticate.on_credentials_submitted(cancelled, a_submission(), NOW)
    assert decision == Decision(cancelled)


def test_what_microsoft_accepts_is_told_and_its_secret_kept_locked_to_its_record() -> None:
    settlement, _ = authenticated(GOOD_VERDICT)
    decision = settlement.decide(some_credentials(1), NOW)
    (fact,) = decision.events
    (credential,) = decision.aggregate.proven
    assert isinstance(fact, DeviceAuthenticated)
    assert (fact.round, fact.submission_id, fact.revision) == (1, SUBMISSION, 1)
    assert (fact.credential_id, fact.verdict) == (credential.id, GOOD_VERDICT)
    assert OpenStore().unlock(credential.locked, credential.id) == GOOD
    assert settlement.again_at is None


def test_the_tenants_id_is_kept_also_where_a_domain_was_entered() -> None:
    settlement, prover = authenticated(GOOD_VERDICT, tenant=" contoso.example ")
    (credential,) = settlement.decide(some_credentials(1), NOW).aggregate.proven
    assert prover.asked[0].tenant == "contoso.example"
    assert credential.tenant == TENANT


def test_white_space_round_a_secret_is_no_part_of_it() -> None:
    _, prover = authenticated(GOOD_VERDICT, secret=f" {GOOD}\n")
    assert prover.asked[0].secret == GOOD


def test_what_microsoft_refuses_is_told_with_the_reason_and_no_secret_is_kept() -> None:
    settlement, _ = authenticated(WRONG)
    decision = settlement.decide(some_credentials(1), NOW)
    (fact,) = decision.events
    assert isinstance(fact, DeviceAuthenticationFailed)
    assert (fact.submission_id, fact.revision) == (SUBMISSION, 1)
    assert fact.problem == WRONG.problem
    assert decision.aggregate.proven == ()


def test_a_secret_that_was_sealed_for_another_place_is_told_as_damaged() -> None:
    prover = ScriptedProver([GOOD_VERDICT])
    data = a_fact(CredentialsSubmitted).model_dump(mode="json")
    verb = Authenticate(prover, PlainOpener(), OpenStore(), QUIET)
    settlement = verb.run(a_job(AUTHENTICATE, 1, data), at_now)
    (fact,) = settlement.decide(some_credentials(1), NOW).events
    assert isinstance(fact, DeviceAuthenticationFailed)
    assert fact.problem.code == "submission_damaged"
    assert prover.asked == []


def test_a_problem_that_passes_is_told_as_waiting_with_the_next_try() -> None:
    settlement, _ = authenticated(BUSY)
    decision = settlement.decide(some_credentials(1), NOW)
    (fact,) = decision.events
    assert isinstance(fact, AuthenticationProgressed)
    assert (fact.revision, fact.submission_id, fact.round, fact.run) == (1, SUBMISSION, 1, None)
    assert fact.waiting_for == BUSY.problem
    assert fact.next_try == settlement.again_at
    assert settlement.again_at is not None
    assert settlement.again_at > NOW
    assert [each.state for each in fact.checks] == ["waiting", "open", "open", "open", "open"]


def test_the_next_try_is_counted_from_the_end_of_an_attempt_that_took_long() -> None:
    moments = iter([NOW, NOW + timedelta(seconds=30)])
    data = a_submission().data.model_dump(mode="json")
    verb = Authenticate(ScriptedProver([BUSY]), PlainOpener(), OpenStore(), QUIET)
    settlement = verb.run(a_job(AUTHENTICATE, 1, data), lambda: next(moments))
    assert settlement.again_at is not None
    assert settlement.again_at > NOW + timedelta(seconds=50)


def test_each_wait_counts_one_step_further() -> None:
    row, steps = some_credentials(1), []
    for _ in range(3):
        decision = authenticated(BUSY)[0].decide(row, NOW)
        row = decision.aggregate
        steps += [
            fact.step for fact in decision.events if isinstance(fact, AuthenticationProgressed)
        ]
    assert steps == [1, 2, 3]


def test_a_problem_that_does_not_pass_in_the_end_is_told() -> None:
    settlement, _ = authenticated(BUSY, waited=PATIENCE_WITH_MICROSOFT)
    (fact,) = settlement.decide(some_credentials(1), NOW).events
    assert isinstance(fact, DeviceAuthenticationFailed)
    assert fact.problem.passing
    assert settlement.again_at is None


def test_a_secret_that_may_be_new_is_tried_again_and_says_at_once_what_may_be_wrong() -> None:
    settlement, _ = authenticated(WRONG, secret=FRESH)
    (fact,) = settlement.decide(some_credentials(1), NOW).events
    assert isinstance(fact, AuthenticationProgressed)
    assert fact.waiting_for is not None
    assert (fact.waiting_for.code, fact.waiting_for.field) == ("not_known_yet", "secret")
    assert WRONG.problem.remedy in fact.waiting_for.remedy
    assert settlement.again_at is not None
    assert timedelta(0) < settlement.again_at - NOW < timedelta(seconds=10)


def test_a_new_secret_that_stays_unknown_is_told_as_wrong_within_half_a_minute() -> None:
    waited, tries = timedelta(0), 0
    while (again_at := authenticated(WRONG, FRESH, waited)[0].again_at) is not None:
        waited, tries = waited + (again_at - NOW), tries + 1
    assert tries == 4
    assert waited < timedelta(seconds=30)
    (fact,) = authenticated(WRONG, FRESH, waited)[0].decide(some_credentials(1), NOW).events
    assert isinstance(fact, DeviceAuthenticationFailed)
    assert fact.problem == WRONG.problem


@pytest.mark.parametrize("kind", [problems.BLOCKED_BY_POLICY, problems.SECRET_ID_PASTED])
def test_what_has_nothing_to_do_with_newness_is_told_at_once_also_of_a_new_secret(
    kind: problems.Kind,
) -> None:
    assert authenticated(Refused(kind.problem()), secret=FRESH)[0].again_at is None


def test_a_stored_secret_is_not_new_and_its_failure_is_told_at_once() -> None:
    wishing = asked(some_credentials(1, proven=(1,))).aggregate
    fresh = replace(wishing, proven=(a_credential(1, FRESH),))
    assert validated(fresh, WRONG)[0].again_at is None


def test_nothing_is_told_of_the_progress_of_what_was_answered() -> None:
    answered = some_credentials(1).settled(1)
    assert authenticated(BUSY)[0].decide(answered, NOW) == Decision(answered)


@pytest.mark.parametrize("answer", [GOOD_VERDICT, WRONG], ids=["accepted", "refused"])
def test_an_answer_after_the_order_was_cancelled_is_nobodys_business(
    answer: Verdict | Refused,
) -> None:
    settlement, _ = authenticated(answer)
    cancelled = some_credentials(1).end()
    assert settlement.decide(cancelled, NOW) == Decision(cancelled)


@pytest.mark.parametrize("answer", [GOOD_VERDICT, WRONG], ids=["accepted", "refused"])
def test_a_submission_is_answered_only_once(answer: Verdict | Refused) -> None:
    settlement, _ = authenticated(answer)
    once = settlement.decide(some_credentials(1), NOW).aggregate
    assert settlement.decide(once, NOW) == Decision(once)


def test_a_link_connects_the_registration_that_was_accepted_first_and_no_other() -> None:
    prover = ScriptedProver([GOOD_VERDICT])
    data = a_submission(submission_id=UUID(int=2)).data.model_dump(mode="json")
    both = some_credentials(1, proven=(1,)).submitted(1, UUID(int=2))
    second = Authenticate(prover, PlainOpener(), OpenStore(), QUIET).run(
        a_job(AUTHENTICATE, 2, data), at_now
    )
    decision = second.decide(both, NOW)
    assert [each.revision for each in decision.aggregate.proven] == [1]
    (fact,) = decision.events
    assert isinstance(fact, DeviceAuthenticationFailed)
    assert fact.problem.code == "already_connected"


def test_a_wish_about_a_proven_revision_is_a_job_for_now() -> None:
    decision = asked(some_credentials(1, proven=(1,)), run=4)
    since = {"since": NOW.isoformat()}
    assert decision.jobs == (NewJob(VALIDATE, due_at=NOW, number=4, data=since),)


def test_a_wish_about_a_revision_that_is_not_here_yet_waits_with_a_deadline() -> None:
    (job,) = asked(BLANK).jobs
    assert (job.kind, job.due_at, job.number) == (VALIDATE, NOW + PATIENCE, 1)


def test_an_older_or_repeated_wish_does_not_disturb_the_newest_one() -> None:
    newest = asked(some_credentials(1, proven=(1,)), run=2).aggregate
    assert asked(newest, run=1) == Decision(newest)
    assert asked(newest, run=2) == Decision(newest)


def test_a_wish_is_fulfilled_with_the_stored_values() -> None:
    wishing = asked(some_credentials(1, proven=(1,)), run=3).aggregate
    settlement, prover = validated(wishing)
    decision = settlement.decide(wishing, NOW)
    expected = TenantValidated(run=3, revision=1, why="manual", verdict=GOOD_VERDICT)
    assert decision.events == (expected,)
    assert [(each.tenant, each.secret) for each in prover.asked] == [(TENANT, GOOD)]
    assert decision.aggregate.open_request() is None


def test_what_no_longer_works_is_told_with_the_reason() -> None:
    wishing = asked(some_credentials(1, proven=(1,))).aggregate
    settlement, _ = validated(wishing, WRONG)
    decision = settlement.decide(wishing, NOW)
    expected = TenantValidationFailed(run=1, revision=1, why="manual", problem=WRONG.problem)
    assert decision.events == (expected,)
    assert decision.aggregate.proven == wishing.proven


def test_a_validation_waits_for_microsoft_too_but_not_for_ever() -> None:
    wishing = asked(some_credentials(1, proven=(1,))).aggregate
    waiting, _ = validated(wishing, BUSY)
    decision = waiting.decide(wishing, NOW)
    (fact,) = decision.events
    assert isinstance(fact, AuthenticationProgressed)
    assert (fact.run, fact.submission_id, fact.step) == (1, None, 1)
    assert fact.next_try == waiting.again_at
    again = waiting.decide(decision.aggregate, NOW).events[0]
    assert isinstance(again, AuthenticationProgressed)
    assert again.step == 2
    given_up, _ = validated(wishing, BUSY, waited=PATIENCE_WITH_MICROSOFT)
    assert [fact.event_name() for fact in given_up.decide(wishing, NOW).events] == [
        "TenantValidationFailed"
    ]


def test_a_newer_request_counts_its_own_steps_and_an_older_one_is_told_of_no_more() -> None:
    wishing = asked(some_credentials(1, proven=(1,))).aggregate
    waiting, _ = validated(wishing, BUSY)
    told = waiting.decide(wishing, NOW).aggregate
    newer = asked(told, run=2).aggregate
    assert newer.request_step == 0
    assert waiting.decide(newer, NOW) == Decision(newer)


def test_a_job_without_an_open_wish_asks_nobody() -> None:
    settlement, prover = validated(some_credentials(1, proven=(1,)))
    assert settlement.decide(BLANK, NOW) == Decision(BLANK)
    assert prover.asked == []


def test_a_wish_of_a_cancelled_order_is_not_answered() -> None:
    wishing = asked(some_credentials(1, proven=(1,))).aggregate
    settlement, _ = validated(wishing)
    cancelled = wishing.end()
    assert settlement.decide(cancelled, NOW) == Decision(cancelled)


def test_proving_one_revision_leaves_the_validation_of_another_alone() -> None:
    wishing = asked(some_credentials(1), revision=2).aggregate
    settlement, _ = authenticated(GOOD_VERDICT)
    assert settlement.decide(wishing, NOW + timedelta(hours=1)).jobs == ()


def test_a_created_service_keeps_the_newest_credential_that_is_not_older_than_its_own() -> None:
    credentials = some_credentials(3, proven=(1, 2, 3))
    created = end.on_service_created(credentials, an_event(ServiceCreated, revision=2), NOW)
    assert [each.revision for each in created.aggregate.proven] == [3]


def test_a_renewal_takes_the_place_of_the_old_secret_when_it_is_proven_and_not_before() -> None:
    active = some_credentials(1, proven=(1,)).created(1)
    renewing = active.submitted(2, UUID(int=2))
    assert renewing.in_use == a_credential(1)
    assert renewing.settled(2).in_use == a_credential(1)
    assert renewing.proved(a_credential(2)).proven == (a_credential(2),)


def test_a_withdrawn_submission_is_forgotten_and_its_link_connects_another() -> None:
    event = an_event(CredentialsWithdrawn)
    free = end.on_credentials_withdrawn(some_credentials(1, proven=(1,)), event, NOW).aggregate
    assert free.proven == ()
    another = Authenticate(ScriptedProver([GOOD_VERDICT]), PlainOpener(), OpenStore(), QUIET).run(
        a_job(AUTHENTICATE, 2, a_submission(submission_id=UUID(int=2)).data.model_dump()), at_now
    )
    decision = another.decide(free.submitted(1, UUID(int=2)), NOW)
    assert [fact.event_name() for fact in decision.events] == ["DeviceAuthenticated"]


def test_an_operator_who_types_may_type_again_after_a_registration_was_accepted() -> None:
    credentials = BLANK.submitted(0, SUBMISSION).proved(a_credential(1)).settled(1)
    both = credentials.submitted(0, UUID(int=2))
    verb = Authenticate(ScriptedProver([GOOD_VERDICT]), PlainOpener(), OpenStore(), QUIET)
    data = a_submission(submission_id=UUID(int=2), round=0).data.model_dump(mode="json")
    decision = verb.run(a_job(AUTHENTICATE, 2, data), at_now).decide(both, NOW)
    assert [each.revision for each in decision.aggregate.proven] == [1, 2]


def test_a_request_about_a_submission_that_fails_does_not_wait_any_longer() -> None:
    wishing = asked(some_credentials(1)).aggregate
    settlement, _ = authenticated(WRONG)
    assert [(job.kind, job.due_at) for job in settlement.decide(wishing, NOW).jobs] == [
        (VALIDATE, NOW)
    ]


def test_a_submission_that_is_older_than_what_is_in_use_needs_no_answer_any_more() -> None:
    late = BLANK.created(2).submitted(1, SUBMISSION)
    assert late.unsettled() == ()
    assert [each.revision for each in late.submitted(1, UUID(int=2)).unsettled()] == [2]


def test_a_submission_stays_answered_when_another_is() -> None:
    assert some_credentials(2).settled(1).settled(2).unsettled() == ()


def test_an_older_revision_that_is_proven_after_the_creation_is_not_kept() -> None:
    created = some_credentials(2).created(2)
    assert created.proved(a_credential(1)).proven == ()
    assert created.proved(a_credential(2)).credential(2) is not None


def test_a_cancelled_order_keeps_nothing_and_never_will() -> None:
    credentials = some_credentials(2, proven=(1, 2))
    event = an_event(OnboardingCancelled)
    cancelled = end.on_onboarding_cancelled(credentials, event, NOW).aggregate
    assert cancelled == Credentials(SUBJECT, ended=True)
    assert cancelled.proved(a_credential(1)) == cancelled
    assert cancelled.submitted(1, SUBMISSION) == cancelled


def test_the_end_of_an_order_empties_the_jobs_that_still_hold_a_sealed_secret() -> None:
    waiting, event = some_credentials(1), an_event(OnboardingCancelled)
    cancelled = end.on_onboarding_cancelled(waiting, event, NOW)
    assert cancelled.jobs == (NewJob(AUTHENTICATE, due_at=NOW, number=1, slot=SLOT, data={}),)
    created = end.on_service_created(waiting, an_event(ServiceCreated, revision=2), NOW)
    assert created.jobs == cancelled.jobs


def test_the_end_of_an_order_plans_nothing_for_what_was_answered() -> None:
    answered = some_credentials(1, proven=(1,))
    assert end.on_onboarding_cancelled(answered, an_event(OnboardingCancelled), NOW).jobs == ()


def test_an_emptied_job_asks_nobody() -> None:
    prover = ScriptedProver([GOOD_VERDICT])
    verb = Authenticate(prover, PlainOpener(), OpenStore(), QUIET)
    settlement = verb.run(a_job(AUTHENTICATE), at_now)
    assert settlement.decide(BLANK, NOW) == Decision(BLANK)
    assert settlement.again_at is None
    assert prover.asked == []
