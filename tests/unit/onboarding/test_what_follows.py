"""What follows from decisions: mails, answers to upstream systems, and steps that need nobody."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from onboarding.app import cancel_onboarding, close_service, create_service, take_note
from onboarding.app.create_service import Provisioning
from onboarding.app.what_follows import WhatFollows
from onboarding.domain.attention import attention_of
from onboarding.domain.notices import Telling
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import CreationAsked, M365Settings, NoticeSettings, Routing
from onboarding.domain.states import State
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import (
    CredentialsWithdrawn,
    ForwardingRequested,
    InvitationExpired,
    InvitationIssued,
)
from tenantlink_contracts.notifier import InvitationUndeliverable
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    Notice,
    NoticeKind,
    NoticeRequested,
    OnboardingCancelled,
    RoundReason,
    ServiceClosed,
    ServiceCreated,
    ServiceCreationRequested,
    TenantValidationRequested,
)
from tenantlink_contracts.upstream import ServiceProvisioned, ServiceProvisioningFailed
from tenantlink_contracts.values import Problem
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW, PROBLEM, VERDICT, an_event
from tests.support.onboarding_builders import an_onboarding, an_order
from tests.unit.onboarding.test_deadlines import AT_NOW
from tests.unit.onboarding.test_saga_histories import HANDLERS

FOLLOWS = WhatFollows(Telling(console_url="https://console.provider.example/"))
OPERATOR, ADMIN = "operator@provider.example", "admin@contoso.example"
WAITING = Problem.model_validate({**PROBLEM, "passing": True})


def after(
    onboarding: Onboarding, *events: Event[Any], follows: WhatFollows = FOLLOWS
) -> Decision[Onboarding]:
    """Events taken note of, with what follows; the last one's events and answers."""
    decision = Decision(onboarding)
    for event in events:
        said = HANDLERS[type(event.data)](decision.aggregate, event, NOW)
        assert isinstance(said, Decision), said
        decision = follows(decision.aggregate, said, NOW)
    return decision


def notices(decision: Decision[Onboarding]) -> dict[NoticeKind, Notice]:
    """By kind; all of a moment are in one fact."""
    facts = [each for each in decision.events if isinstance(each, NoticeRequested)]
    assert len(facts) <= 1
    return {notice.kind: notice for fact in facts for notice in fact.notices}


def kinds(facts: Iterable[object]) -> list[type]:
    """Without the mails."""
    return [type(each) for each in facts if not isinstance(each, NoticeRequested)]


def an_automatic_order(**changes: Any) -> Onboarding:
    """Nobody has to press Next or Create service."""
    order = an_order(completion="automatic", system="crm", **changes)
    return replace(AT_NOW[State.INVITED], order=order)


def test_an_administrator_gets_a_receipt_and_the_operator_hears_of_it() -> None:
    told = notices(after(AT_NOW[State.INVITED], an_event(DeviceAuthenticated)))
    assert set(told) == {NoticeKind.AUTHENTICATED, NoticeKind.RECEIPT}
    assert told[NoticeKind.AUTHENTICATED].recipients == (OPERATOR,)
    assert told[NoticeKind.RECEIPT].recipients == (ADMIN,)
    assert told[NoticeKind.RECEIPT].data["secret_hint"] == "abc"
    assert told[NoticeKind.RECEIPT].data["contact"] == "Operator"
    url = told[NoticeKind.AUTHENTICATED].data["console_url"]
    assert url.startswith("https://console.provider.example/onboardings/")


@pytest.mark.parametrize(
    ("state", "event", "kind", "said"),
    [
        (
            State.INVITED,
            an_event(InvitationUndeliverable),
            NoticeKind.UNDELIVERABLE,
            {"email": ADMIN, "server_words": "550 no such user"},
        ),
        (
            State.INVITED,
            an_event(InvitationExpired),
            NoticeKind.EXPIRED,
            {"email": ADMIN, "expired_at": NOW.isoformat()},
        ),
        (
            State.INVITED,
            an_event(ForwardingRequested),
            NoticeKind.FORWARDING,
            {"why": "other_person", "email": "identity@contoso.example"},
        ),
        (
            State.CREATING,
            an_event(ServiceProvisioningFailed),
            NoticeKind.CREATION_FAILED,
            {"reason": "no free number range"},
        ),
    ],
)
def test_an_operator_is_told_once(
    state: State, event: Event[Fact], kind: NoticeKind, said: dict[str, str]
) -> None:
    handlers = {ServiceProvisioningFailed: take_note.on_service_provisioning_failed}
    handle = handlers.get(type(event.data)) or HANDLERS[type(event.data)]
    before = AT_NOW[state]
    first = FOLLOWS(before, handle(before, event, NOW), NOW)
    notice = notices(first)[kind]
    assert notice.recipients == (OPERATOR,)
    assert said.items() <= notice.data.items()
    again = handle(first.aggregate, event, NOW)
    assert FOLLOWS(first.aggregate, again, NOW).events == ()


def test_an_operator_hears_that_a_registration_was_taken_back() -> None:
    back = an_event(CredentialsWithdrawn)
    told = notices(after(AT_NOW[State.INVITED], an_event(DeviceAuthenticated), back))
    assert "taken the registration back" in told[NoticeKind.ATTENTION].data["problem_title"]


@pytest.mark.parametrize(
    ("source", "words"),
    [("declared", "declared"), ("graph_ambiguous", "earliest"), ("graph", "")],
)
def test_a_receipt_says_where_the_secrets_end_is_known_from(source: str, words: str) -> None:
    secret = {**VERDICT["secret"], "expiry_source": source}
    fact = an_event(DeviceAuthenticated, verdict={**VERDICT, "secret": secret})
    receipt = notices(after(AT_NOW[State.INVITED], fact))[NoticeKind.RECEIPT]
    assert receipt.data["expiry"] == words
    assert receipt.data["renewal"] == ""


def test_a_problem_is_mailed_only_to_whoever_has_waited_for_microsoft() -> None:
    failed = an_event(DeviceAuthenticationFailed)
    assert notices(after(AT_NOW[State.INVITED], failed)) == {}
    waiting = an_event(AuthenticationProgressed, waiting_for=WAITING.model_dump())
    told = notices(after(AT_NOW[State.INVITED], waiting, failed))
    assert told[NoticeKind.PROBLEM].recipients == (ADMIN,)
    assert told[NoticeKind.PROBLEM].data["problem_code"] == "secret_wrong"


def _validated(**order: Any) -> Onboarding:
    settings = M365Settings(Routing.DEFAULT, "contoso.example")
    return replace(AT_NOW[State.VALIDATED], order=an_order(**order), settings=settings)


def _created(onboarding: Onboarding) -> Decision[Onboarding]:
    return FOLLOWS(onboarding, create_service.create(onboarding, NOW), NOW)


def test_who_ordered_and_the_administrator_are_told_of_the_new_service_in_one_notice() -> None:
    told = notices(_created(_validated()))
    assert told[NoticeKind.SERVICE_CREATED].recipients == (ADMIN, OPERATOR)
    same = notices(_created(_validated(operator_email=ADMIN)))
    assert same[NoticeKind.SERVICE_CREATED].recipients == (ADMIN,)


def test_each_is_told_in_their_own_language() -> None:
    fact = next(
        each for each in _created(_validated(language="de")).events if type(each) is NoticeRequested
    )
    assert {(each.language, each.recipients) for each in fact.notices} == {
        ("de", (ADMIN,)),
        ("en", (OPERATOR,)),
    }


def test_customer_and_system_choose_who_is_told_and_of_what() -> None:
    settings = NoticeSettings(
        operators=("team@provider.example",),
        administrators=("it@contoso.example",),
        orderer=False,
        muted=(NoticeKind.AUTHENTICATED,),
    )
    invited = replace(AT_NOW[State.INVITED], order=an_order(notices=settings))
    told = notices(after(invited, an_event(DeviceAuthenticated)))
    assert set(told) == {NoticeKind.RECEIPT}
    assert told[NoticeKind.RECEIPT].recipients == (ADMIN, "it@contoso.example")
    undeliverable = notices(after(invited, an_event(InvitationUndeliverable)))
    assert undeliverable[NoticeKind.UNDELIVERABLE].recipients == ("team@provider.example",)


def test_the_settings_of_the_ordering_system_add_to_those_of_the_customer() -> None:
    crm = NoticeSettings(operators=("crm@provider.example",), muted=(NoticeKind.RECEIPT,))
    follows = WhatFollows(Telling(systems={"crm": crm}))
    own = NoticeSettings(operators=("team@provider.example",))
    order = an_order(system="crm", operator_email="", notices=own)
    invited = replace(AT_NOW[State.INVITED], order=order)
    told = notices(after(invited, an_event(DeviceAuthenticated), follows=follows))
    assert set(told) == {NoticeKind.AUTHENTICATED}
    assert told[NoticeKind.AUTHENTICATED].recipients == (
        "team@provider.example",
        "crm@provider.example",
    )


def test_an_order_that_names_nobody_is_told_to_the_installations_operators() -> None:
    follows = WhatFollows(Telling(operators=("noc@provider.example",)))
    invited = replace(AT_NOW[State.INVITED], order=an_order(operator_email=""))
    told = notices(after(invited, an_event(InvitationExpired), follows=follows))
    assert told[NoticeKind.EXPIRED].recipients == ("noc@provider.example",)


def test_an_automatic_order_validates_and_creates_by_itself() -> None:
    authenticated = after(an_automatic_order(), an_event(DeviceAuthenticated))
    assert kinds(authenticated.events) == [TenantValidationRequested]
    assert set(notices(authenticated)) == {NoticeKind.RECEIPT}
    done = after(authenticated.aggregate, an_event(TenantValidated))
    assert kinds(done.events) == [ServiceCreated]
    assert done.aggregate.state is State.ACTIVE
    assert done.aggregate.settings == M365Settings(Routing.DEFAULT, "contoso.example")
    assert [(each.system, type(each.fact)) for each in done.answers] == [("crm", ServiceCreated)]


def test_the_settings_of_an_automatic_order_follow_from_the_providers_domain() -> None:
    follows = WhatFollows(base_domain="sbc.provider.example")
    automatic = an_automatic_order(short_name="Con_toso")
    events = (an_event(DeviceAuthenticated), an_event(TenantValidated))
    done = after(automatic, *events, follows=follows).aggregate
    assert done.settings == M365Settings(Routing.DEFAULT, "con-toso.sbc.provider.example")


def test_an_automatic_order_whose_validation_fails_is_handed_to_an_operator() -> None:
    events = (an_event(DeviceAuthenticated), an_event(TenantValidationFailed))
    failed = after(an_automatic_order(), *events)
    assert failed.aggregate.state is State.VALIDATION_FAILED
    title = notices(failed)[NoticeKind.ATTENTION].data["problem_title"]
    assert title == "The client secret is wrong"


def _asked_outside() -> Decision[Onboarding]:
    outside = Provisioning("oss", timedelta(hours=2))
    validated = _validated(system="crm")
    return FOLLOWS(validated, create_service.create(validated, NOW, outside), NOW)


def test_another_system_creates_the_service_until_a_deadline() -> None:
    asked = _asked_outside()
    assert asked.aggregate.state is State.CREATING
    assert asked.events == ()
    answer = asked.answers[0]
    assert isinstance(answer.fact, ServiceCreationRequested)
    assert (answer.system, answer.fact.deadline) == ("oss", NOW + timedelta(hours=2))
    assert answer.fact.dns_label == "contoso"
    again = create_service.create(asked.aggregate, NOW, Provisioning("oss"))
    assert again == Decision(asked.aggregate)


def test_a_service_that_was_provisioned_is_created_and_both_systems_hear_of_its_end() -> None:
    asked = _asked_outside().aggregate
    said = take_note.on_service_provisioned(asked, an_event(ServiceProvisioned), NOW)
    assert isinstance(said, Decision)
    done = FOLLOWS(asked, said, NOW)
    assert done.aggregate.state is State.ACTIVE
    assert [(each.system, type(each.fact)) for each in done.answers] == [("crm", ServiceCreated)]
    closed = FOLLOWS(done.aggregate, close_service.close(done.aggregate, NOW, "left"), NOW)
    assert {(each.system, type(each.fact)) for each in closed.answers} == {
        ("crm", ServiceClosed),
        ("oss", ServiceClosed),
    }


def test_a_failed_creation_can_be_tried_again_and_an_old_failure_does_not_count_twice() -> None:
    asked = _asked_outside().aggregate
    failure = an_event(ServiceProvisioningFailed)
    said = take_note.on_service_provisioning_failed(asked, failure, NOW)
    assert isinstance(said, Decision)
    assert said.aggregate.state is State.CREATION_FAILED
    again = create_service.create(said.aggregate, NOW, Provisioning("oss")).aggregate
    assert again.state is State.CREATING
    assert isinstance(again.creation_asked, CreationAsked)
    assert again.creation_asked.number == 2


def test_a_provisioned_service_does_not_revive_a_cancelled_order() -> None:
    asked = _asked_outside().aggregate
    cancelled = FOLLOWS(asked, cancel_onboarding.cancel(asked, NOW, "no"), NOW)
    assert {each.system for each in cancelled.answers} == {"crm", "oss"}
    dead = cancelled.aggregate
    said = take_note.on_service_provisioned(dead, an_event(ServiceProvisioned), NOW)
    assert said == Decision(dead)


def test_each_system_hears_of_each_fact_once() -> None:
    onboarding = an_onboarding(order=an_order(system="oss"), creation_asked=None)
    asked = CreationAsked(1, 1, "oss", NOW, NOW)
    both = replace(onboarding, creation_asked=asked)
    cancelled = FOLLOWS(both, cancel_onboarding.cancel(both, NOW, "no"), NOW)
    assert [type(each.fact) for each in cancelled.answers] == [OnboardingCancelled]


def _expiring(threshold: int, at: datetime = NOW) -> Event[ClientSecretExpiring]:
    ends = NOW + timedelta(days=threshold)
    return an_event(ClientSecretExpiring, at=at, threshold=threshold, expires_at=ends)


def test_a_secret_that_ends_leads_to_a_renewal_for_the_administrator() -> None:
    asked = after(AT_NOW[State.ACTIVE], _expiring(60))
    fact = asked.events[0]
    assert isinstance(fact, InvitationRoundRequested)
    assert fact.reason is RoundReason.RENEWAL
    assert asked.aggregate.is_renewing
    assert notices(asked) == {}
    assert after(asked.aggregate, _expiring(60, NOW + timedelta(seconds=1))).events == ()


@pytest.mark.parametrize("threshold", [14, 7, 1, 0])
def test_near_the_end_the_operator_is_told_too(threshold: int) -> None:
    told = notices(after(AT_NOW[State.ACTIVE], _expiring(30), _expiring(threshold)))
    assert told[NoticeKind.ATTENTION].data["days_left"] == str(threshold)


def test_a_proven_renewal_ends_attention_and_gives_a_receipt() -> None:
    ending = after(AT_NOW[State.ACTIVE], _expiring(7)).aggregate
    assert attention_of(ending) is not None
    proven = after(ending, an_event(DeviceAuthenticated, revision=2, round=2))
    assert attention_of(proven.aggregate) is None
    assert not proven.aggregate.is_renewing
    assert proven.aggregate.state is State.ACTIVE
    assert set(notices(proven)) == {NoticeKind.RECEIPT}


def test_a_nightly_failure_is_told_once_and_not_each_night() -> None:
    active = replace(AT_NOW[State.ACTIVE], run=replace(AT_NOW[State.VALIDATED].run, number=2))
    first = after(active, an_event(TenantValidationFailed, run=1))
    assert set(notices(first)) == {NoticeKind.ATTENTION}
    second = after(first.aggregate, an_event(TenantValidationFailed, run=2))
    assert notices(second) == {}
    passing = an_event(TenantValidationFailed, run=1, problem={**PROBLEM, "passing": True})
    assert attention_of(after(active, passing).aggregate) is None


def test_a_registration_of_the_wrong_organisation_asks_for_attention() -> None:
    withdrawn = after(AT_NOW[State.ACTIVE], an_event(CredentialsWithdrawn))
    assert withdrawn.aggregate.state is State.ACTIVE
    assert NoticeKind.ATTENTION in notices(withdrawn)
    before = after(AT_NOW[State.AUTHENTICATED], an_event(CredentialsWithdrawn)).aggregate
    assert before.state is State.INVITED


def test_a_cancelled_order_tells_nobody_anything() -> None:
    dead = replace(AT_NOW[State.INVITED], cancelled_because="ordered twice", cancelled_at=NOW)
    for event in (
        an_event(DeviceAuthenticated),
        an_event(InvitationUndeliverable),
        an_event(InvitationExpired),
        an_event(ForwardingRequested),
        an_event(InvitationIssued),
    ):
        assert after(dead, event).events == ()
