"""Every verb in every state: possible where the table says so, else a sentence says why not."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from uuid import UUID

import pytest

from onboarding.app import (
    cancel_onboarding,
    choose_settings,
    claim_invitation,
    close_service,
    create_service,
    renew_invitation,
    request_validation,
    settle_forwarding,
)
from onboarding.app.ports import NotPossible
from onboarding.app.type_credentials import TypeCredentials
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Role
from onboarding.domain.registers import Forwarding, M365Settings, Renewal, Routing
from onboarding.domain.registration import Registration
from onboarding.domain.states import OVER, State
from onboarding.domain.verbs import POSSIBLE, Verb, possible, why_not
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_contracts.onboarding import InvitationRoundRequested, RoundReason
from tests.support.events import CLIENT, NOW, SEALED, SUBMISSION, TENANT
from tests.support.onboarding_builders import an_onboarding, an_operator, an_order
from tests.unit.onboarding.test_states import CASES

ADMIN = an_operator(role=Role.ADMINISTRATOR)
LATER = NOW + timedelta(hours=1)
WISH = Forwarding(9, NOW, "identity@contoso.example")


class Sealer:
    """Says where a secret was to be sealed for."""

    def seal_secret(self, secret: str, subject: object, round_: int) -> str:
        return SEALED


TYPED = TypeCredentials(Sealer(), Registration(TENANT, UUID(CLIENT), "s3cret~value"), SUBMISSION)
DO: dict[Verb, Callable[[Onboarding], object]] = {
    Verb.RESEND: lambda it: renew_invitation.resend(it, LATER, ADMIN),
    Verb.CHANGE_ADDRESS: lambda it: renew_invitation.change_address(
        it, LATER, ADMIN, "b@c.example"
    ),
    Verb.EXTEND: lambda it: renew_invitation.extend(it, LATER, ADMIN, 30),
    Verb.WITHDRAW: lambda it: renew_invitation.withdraw(it, LATER),
    Verb.COPY_LINK: lambda it: renew_invitation.by_hand(it, LATER, ADMIN),
    Verb.APPROVE: lambda it: settle_forwarding.approve(it, LATER, ADMIN),
    Verb.DECLINE: lambda it: settle_forwarding.decline(it, LATER),
    Verb.TYPE_CREDENTIALS: lambda it: TYPED(it, LATER),
    Verb.ADD: lambda it: claim_invitation.claim(it, LATER, ADMIN, False),
    Verb.VALIDATE: lambda it: request_validation.validate(it, LATER),
    Verb.CHOOSE_SETTINGS: lambda it: choose_settings.choose(
        it, LATER, Routing.DEFAULT, "c.example"
    ),
    Verb.CREATE: lambda it: create_service.create(it, LATER),
    Verb.RENEW: lambda it: renew_invitation.renew(it, LATER, ADMIN),
    Verb.CANCEL: lambda it: cancel_onboarding.cancel(it, LATER, "ordered twice"),
    Verb.CLOSE: lambda it: close_service.close(it, LATER, "the customer has left"),
}


def ready(state: State) -> Onboarding:
    """The state, with all that a verb may need beside it: a wish, a renewal, settings, a link."""
    case = replace(
        CASES[state], forwarding=WISH, settings=M365Settings(Routing.DEFAULT, "c.example")
    )
    if state is State.ACTIVE:
        return replace(case, asked_round=2, renewal=Renewal(2, 1))
    return case


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("verb", Verb)
def test_a_verb_does_what_the_table_says(verb: Verb, state: State) -> None:
    onboarding = ready(state)
    reason = why_not(onboarding, verb)
    if reason is None:
        assert state in POSSIBLE[verb]
        assert DO[verb](onboarding)
        return
    if verb is Verb.CREATE and state in (State.ACTIVE, State.CREATING):
        return  # a second click on it does nothing, and says nothing
    with pytest.raises(NotPossible) as refused:
        DO[verb](onboarding)
    assert str(refused.value) == reason
    assert reason.endswith(".")


@pytest.mark.parametrize("verb", Verb)
def test_every_verb_is_possible_somewhere_and_never_after_the_end(verb: Verb) -> None:
    assert any(verb in possible(ready(state)) for state in State)
    assert not any(verb in possible(ready(state)) for state in OVER)


def test_every_state_but_an_end_can_be_left_by_an_operator() -> None:
    for state in set(State) - OVER:
        assert {Verb.CANCEL, Verb.CLOSE} & set(possible(ready(state))), state


def test_an_extension_is_a_round_of_its_own_length() -> None:
    fact = renew_invitation.extend(CASES[State.EXPIRED], NOW, ADMIN, 45).events[0]
    assert isinstance(fact, InvitationRoundRequested)
    assert (fact.round, fact.reason, fact.invitation.valid_days) == (2, RoundReason.EXTENDED, 45)


def test_another_address_is_where_later_rounds_go_too() -> None:
    order = an_order(customer_domains=("contoso.example",), language="de", brand="acme")
    changed = renew_invitation.change_address(
        an_onboarding(order=order), NOW, ADMIN, "new@fabrikam.example"
    ).aggregate
    fact = renew_invitation.resend(changed, LATER, ADMIN).events[0]
    assert isinstance(fact, InvitationRoundRequested)
    assert fact.invitation.email == "new@fabrikam.example"
    assert (fact.invitation.language, fact.invitation.brand) == ("de", "acme")
    assert fact.expected.domains == ("contoso.example", "fabrikam.example")


def test_the_first_link_of_an_order_without_one_is_a_second_round() -> None:
    asked = renew_invitation.change_address(
        CASES[State.AWAITING_CREDENTIALS], NOW, ADMIN, "a@contoso.example"
    )
    assert asked.aggregate.asked_round == 2
    assert asked.aggregate.state is State.REQUESTED


def test_only_an_administrator_of_the_provider_gets_a_link_to_hand_over() -> None:
    with pytest.raises(NotPossible, match="administrators"):
        renew_invitation.by_hand(CASES[State.INVITED], NOW, an_operator())


def test_a_renewal_expects_the_tenant_of_the_service() -> None:
    asked = renew_invitation.renew(CASES[State.ACTIVE], NOW, ADMIN)
    fact = asked.events[0]
    assert isinstance(fact, InvitationRoundRequested)
    assert fact.reason is RoundReason.RENEWAL
    assert str(fact.expected.tenant) == TENANT
    assert fact.secret_expires_at is not None
    assert asked.aggregate.state is State.ACTIVE
    assert asked.aggregate.is_renewing


def test_a_round_of_a_renewal_is_a_renewal_whatever_it_was_asked_for() -> None:
    renewing = renew_invitation.renew(CASES[State.ACTIVE], NOW, ADMIN).aggregate
    fact = renew_invitation.extend(renewing, LATER, ADMIN, 45).events[0]
    assert isinstance(fact, InvitationRoundRequested)
    assert fact.reason is RoundReason.RENEWAL


def test_a_form_that_is_sent_twice_hands_on_one_registration() -> None:
    first = TYPED(CASES[State.AWAITING_CREDENTIALS], NOW)
    fact = first.events[0]
    assert isinstance(fact, CredentialsSubmitted)
    assert (fact.round, fact.submission_id) == (0, SUBMISSION)
    assert first.aggregate.state is State.AUTHENTICATING
    assert TYPED(first.aggregate, LATER).events == ()


def test_an_approved_wish_is_settled_and_a_new_one_counts_again() -> None:
    invited = replace(CASES[State.INVITED], forwarding=WISH)
    approved = settle_forwarding.approve(invited, NOW, ADMIN)
    assert approved.aggregate.address == WISH.email
    assert approved.aggregate.wanted_forwarding is None
    newer = replace(WISH, at=LATER)
    assert approved.aggregate.wished(newer).wanted_forwarding == newer


def test_a_wish_for_another_link_goes_to_the_same_address() -> None:
    wish = replace(WISH, why="new_link")
    expired = replace(CASES[State.EXPIRED], forwarding=wish)
    fact = settle_forwarding.approve(expired, NOW, ADMIN).events[0]
    assert isinstance(fact, InvitationRoundRequested)
    assert fact.invitation.email == "admin@contoso.example"


@pytest.mark.parametrize(
    "again",
    [
        renew_invitation.resend,
        partial(renew_invitation.extend, days=9),
        partial(renew_invitation.change_address, email="n@c.example"),
        renew_invitation.by_hand,
    ],
)
def test_a_double_click_asks_for_one_round(again: Callable[..., object]) -> None:
    first = again(CASES[State.INVITED], NOW, operator=ADMIN)
    onboarding = first.aggregate  # type: ignore[attr-defined]
    second = again(onboarding, NOW + timedelta(seconds=2), operator=ADMIN)
    assert second.events == ()  # type: ignore[attr-defined]
