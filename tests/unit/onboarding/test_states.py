"""The states of an onboarding follow from its registers."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from onboarding.app import (
    cancel_onboarding,
    choose_settings,
    claim_invitation,
    create_service,
    renew_invitation,
    request_validation,
    take_note,
)
from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import (
    Creation,
    CreationAsked,
    CreationFailure,
    End,
    IssuedLink,
    M365Settings,
    Mail,
    MailFate,
    Progress,
    Routing,
    Run,
    Validation,
)
from onboarding.domain.secret_days import secret_days
from onboarding.domain.states import NEXT_ACTOR, WORDS, Actor, State
from tenantlink_contracts.credential_validator import TenantValidated
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceCreated,
    TenantValidationRequested,
)
from tenantlink_contracts.values import ExpirySource, Problem
from tenantlink_runtime.decision import Decision, Refusal
from tests.support.events import MAIL, NOW, PROBLEM, SUBJECT, an_event
from tests.support.onboarding_builders import (
    a_validated_onboarding,
    a_verdict,
    an_onboarding,
    an_operator,
    authenticated,
    refused,
)

LINK = IssuedLink(1, "admin@contoso.example", NOW + timedelta(days=14))
FAILED_RUN = Validation(1, 1, NOW, problem=Problem.model_validate(PROBLEM))
ASKED = CreationAsked(1, 1, "provisioning", NOW, NOW + timedelta(hours=24))
CASES = {
    State.REQUESTED: an_onboarding(),
    State.AWAITING_CREDENTIALS: an_onboarding(asked_round=0),
    State.INVITED: an_onboarding(link=LINK),
    State.UNDELIVERABLE: an_onboarding(link=LINK, mail=Mail(1, MailFate.UNDELIVERABLE, "550")),
    State.EXPIRED: an_onboarding(link=LINK, expired_round=1),
    State.WITHDRAWN: an_onboarding(link=LINK, withdrawn_round=1),
    State.AUTHENTICATING: an_onboarding(link=LINK, progress=Progress(1, 1, 1)),
    State.AUTHENTICATION_FAILED: an_onboarding(link=LINK, auth=refused()),
    State.AUTHENTICATED: an_onboarding(auth=authenticated(), proven=authenticated()),
    State.VALIDATING: a_validated_onboarding(validation=None),
    State.VALIDATION_FAILED: a_validated_onboarding(validation=FAILED_RUN),
    State.VALIDATED: a_validated_onboarding(),
    State.CREATING: a_validated_onboarding(creation_asked=ASKED),
    State.CREATION_FAILED: a_validated_onboarding(
        creation_asked=ASKED, creation_failure=CreationFailure(1, "no free numbers", NOW)
    ),
    State.ACTIVE: a_validated_onboarding(creation=Creation(1, NOW)),
    State.CANCELLED: a_validated_onboarding(cancelled_because="ordered twice"),
    State.CLOSED: a_validated_onboarding(creation=Creation(1, NOW), closed=End("left", NOW)),
}


@pytest.mark.parametrize(("state", "onboarding"), CASES.items())
def test_every_state_follows_from_the_registers(state: State, onboarding: Onboarding) -> None:
    assert onboarding.state is state


def test_every_state_has_words_and_somebody_who_acts_next() -> None:
    assert set(CASES) == set(State) == set(NEXT_ACTOR) == set(WORDS)


def test_a_newer_failure_never_displaces_what_is_proven() -> None:
    onboarding = an_onboarding().authenticated(authenticated(1)).authenticated(refused(2))
    assert onboarding.state is State.AUTHENTICATED
    assert onboarding.proven == authenticated(1)


def test_a_new_round_forgives_the_failure_of_an_older_one() -> None:
    failed = an_onboarding(link=LINK, auth=refused(round_=1))
    again = renew_invitation.resend(failed, NOW, an_operator()).aggregate
    assert again.state is State.REQUESTED
    assert again.issued(IssuedLink(2, LINK.email, LINK.expires_at)).state is State.INVITED


def test_a_link_that_was_withdrawn_after_a_failure_is_withdrawn() -> None:
    assert an_onboarding(link=LINK, auth=refused(), withdrawn_round=1).state is State.WITHDRAWN


def test_a_double_click_on_resend_asks_for_one_round() -> None:
    first = renew_invitation.resend(an_onboarding(link=LINK), NOW, an_operator()).aggregate
    again = renew_invitation.resend(first, NOW + timedelta(seconds=1), an_operator())
    assert again == Decision(first)
    later = renew_invitation.resend(first, NOW + timedelta(minutes=1), an_operator())
    assert later.aggregate.asked_round == 3


def test_a_failure_waits_for_the_operator_once_the_link_is_dead() -> None:
    failed = an_onboarding(link=LINK, auth=refused())
    assert failed.next_actor is Actor.ADMINISTRATOR
    assert failed.expired(1).next_actor is Actor.OPERATOR


def test_a_newly_proven_revision_has_to_be_validated_again() -> None:
    assert a_validated_onboarding().authenticated(authenticated(2)).state is State.AUTHENTICATED


def test_validation_of_an_active_service_never_changes_its_state() -> None:
    active = a_validated_onboarding(creation=Creation(1, NOW))
    asked = request_validation.validate(active, NOW)
    assert asked.aggregate.state is State.ACTIVE
    assert asked.events == (TenantValidationRequested(run=2, revision=1, why="manual"),)
    assert asked.aggregate.validated(replace(FAILED_RUN, run=2)).state is State.ACTIVE


def test_a_second_wish_to_validate_waits_for_the_answer_to_the_first() -> None:
    first = request_validation.validate(CASES[State.AUTHENTICATED], NOW)
    assert len(first.events) == 1
    assert request_validation.validate(first.aggregate, NOW).events == ()


def test_nothing_is_known_about_an_onboarding_that_never_was() -> None:
    answer = take_note.on_tenant_validated(Onboarding(SUBJECT), an_event(TenantValidated), NOW)
    assert isinstance(answer, Refusal)


def test_an_answer_to_a_run_that_nobody_asked_for_is_refused() -> None:
    onboarding = a_validated_onboarding(run=Run(1, 1))
    answer = take_note.on_tenant_validated(onboarding, an_event(TenantValidated, run=2), NOW)
    assert isinstance(answer, Refusal)
    assert "run 2" in answer.reason


def test_the_second_operator_reads_who_has_the_invitation_and_may_take_it_over() -> None:
    first, second = an_operator(name="First"), an_operator(subject="second", name="Second")
    held = claim_invitation.claim(CASES[State.AUTHENTICATED], NOW, first, False).aggregate
    with pytest.raises(NotPossible, match="First has added"):
        claim_invitation.claim(held, NOW, second, False)
    taken = claim_invitation.claim(held, NOW, second, True).aggregate
    assert taken.claim is not None
    assert taken.claim.name == "Second"


def test_an_invitation_cannot_be_added_before_it_is_authenticated() -> None:
    with pytest.raises(NotPossible, match="not authenticated"):
        claim_invitation.claim(CASES[State.INVITED], NOW, an_operator(), False)


def test_a_service_is_created_only_from_validated_credentials_and_chosen_settings() -> None:
    validated = a_validated_onboarding()
    with pytest.raises(NotPossible, match="settings"):
        create_service.create(validated, NOW)
    choose = partial(choose_settings.choose, routing=Routing.DEFAULT, domain="contoso.example")
    with pytest.raises(NotPossible, match="validated first"):
        choose(CASES[State.AUTHENTICATED], NOW)
    created = create_service.create(choose(validated, NOW).aggregate, NOW)
    assert created.aggregate.state is State.ACTIVE
    assert [type(fact) for fact in created.events] == [ServiceCreated]


def test_nobody_can_cancel_an_active_service() -> None:
    with pytest.raises(NotPossible, match="closed, not cancelled"):
        cancel_onboarding.cancel(CASES[State.ACTIVE], NOW, "no")


def test_cancelling_tells_the_others() -> None:
    decision = cancel_onboarding.cancel(CASES[State.INVITED], NOW, "ordered twice")
    assert isinstance(decision, Decision)
    assert decision.aggregate.state is State.CANCELLED
    assert isinstance(decision.events[0], OnboardingCancelled)


@pytest.mark.parametrize("state", [State.AUTHENTICATED, State.ACTIVE])
def test_an_invitation_that_has_done_its_work_cannot_be_sent_again(state: State) -> None:
    with pytest.raises(NotPossible):
        renew_invitation.resend(CASES[state], NOW, an_operator())
    with pytest.raises(NotPossible):
        renew_invitation.withdraw(CASES[state], NOW)


def test_a_mail_that_was_accepted_after_a_delay_is_sent() -> None:
    onboarding = an_onboarding(link=LINK)
    sent, delayed = Mail(1, MailFate.SENT, "250 OK"), Mail(1, MailFate.DELAYED, "450", NOW)
    for order in ((sent, delayed), (delayed, sent)):
        seen = onboarding
        for mail in order:
            seen = seen.mailed(mail, MAIL)
        assert seen.mail == sent
        assert seen.sent_mails == (MAIL,)


@pytest.mark.parametrize(
    ("ends_in", "text", "urgency"),
    [
        (timedelta(days=180, hours=5), "180", "fine"),
        (timedelta(days=59), "59", "notice"),
        (timedelta(days=29), "29", "soon"),
        (timedelta(days=6), "6", "urgent"),
        (timedelta(hours=23), "0", "urgent"),
        (timedelta(hours=-1), "expired 1 days ago", "ended"),
    ],
)
def test_the_days_left_are_whole_days_rounded_down(
    ends_in: timedelta, text: str, urgency: str
) -> None:
    good = authenticated(verdict=a_verdict(expires_at=NOW + ends_in))
    days = secret_days(an_onboarding(proven=good), NOW)
    assert (days.text, days.urgency) == (text, urgency)


def test_the_days_left_say_what_is_missing() -> None:
    assert secret_days(an_onboarding(), NOW).text == "not set yet"
    unknown = a_verdict(
        expires_at=None,
        expiry_source=ExpirySource.UNKNOWN,
        needs_permission="Application.Read.All",
    )
    days = secret_days(an_onboarding(proven=authenticated(verdict=unknown)), NOW)
    assert days.text == "unknown: grant Application.Read.All"


def test_settings_survive_a_second_choice() -> None:
    first = choose_settings.choose(a_validated_onboarding(), NOW, Routing.DEFAULT, "A.example")
    second = choose_settings.choose(first.aggregate, NOW, Routing.SBC_ONLY, "b.example")
    assert second.aggregate.settings == M365Settings(Routing.SBC_ONLY, "b.example")
