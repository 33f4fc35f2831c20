"""The saga in its database: what follows from decisions is written in the same transaction."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from joserfc.jwk import KeySet
from prometheus_client import REGISTRY

from onboarding.adapters.metrics import CountedStates, MeasuredSteps
from onboarding.adapters.sealed import SealedLinks
from onboarding.adapters.sql_listing import recount
from onboarding.adapters.sql_onboardings import SqlTransactions
from onboarding.app import close_service, renew_invitation
from onboarding.app.hand_over import HandOver
from onboarding.app.ports import NotPossible
from onboarding.app.run_timers import RunTimers
from onboarding.app.what_follows import TIMER, WhatFollows
from onboarding.domain.customer import Customer
from onboarding.domain.deadlines import Deadlines
from onboarding.domain.notices import Telling
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Role, Scope
from onboarding.domain.registers import NoticeSettings
from onboarding.domain.states import State
from tenantlink_contracts.credential_validator import DeviceAuthenticated, TenantValidated
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.names import ONBOARDING
from tenantlink_contracts.onboarding import NoticeKind
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.keys import generate
from tenantlink_runtime.sealing import PrivateKeys, PublicKeys, SealContext, load_keys
from tests.integration.onboarding.conftest import CUSTOMER, OTHER_CUSTOMER, Office
from tests.support.events import an_event
from tests.support.onboarding_builders import an_operator

ALL = Scope.everything()
AT_ONCE = Deadlines(requested=timedelta(0), nightly_every=timedelta(microseconds=1))
LINK = "https://wizard.example/invitation/token-in-clear"
ADMIN = an_operator(role=Role.ADMINISTRATOR, name="Anna")
Rows = list[Any]


@pytest.fixture
def saga(office: Office) -> Office:
    """The office, where things follow from decisions and every deadline is over at once."""
    follows = WhatFollows(Telling(AT_ONCE))
    flow = replace(
        office.flow, transactions=replace(office.flow.transactions, consequences=follows)
    )
    transactions = SqlTransactions(flow.transactions)
    desk = replace(office.desk, transactions=transactions)
    orders = replace(office.orders, transactions=transactions)
    return replace(office, orders=orders, desk=desk, flow=flow)


def rows(office: Office, query: str, **values: Any) -> Rows:
    """What the database says."""
    with office.engine.connect() as connection:
        return list(connection.execute(sa.text(query), values))


def facts(office: Office) -> list[str]:
    """What waits to be published, oldest first."""
    return [row.routing_key for row in rows(office, "SELECT routing_key FROM outbox ORDER BY 1")]


def fire(office: Office, subject: UUID) -> None:
    """What the job of the subject leads to, as the loop of jobs would settle it."""
    with office.flow.transactions.begin() as uow:
        mine = {"kind": TIMER, "subject": subject}
        gone = sa.text("DELETE FROM jobs WHERE kind = :kind AND subject = :subject")
        assert uow.connection.execute(gone, mine).rowcount == 1
        decide: Callable[[Onboarding, Any], Decision[Onboarding]] = RunTimers(AT_ONCE).decide
        uow.apply(subject, decide(uow.aggregate(subject), office.flow.transactions.clock()))


def found(office: Office, subject: UUID) -> Onboarding:
    """As pages see it."""
    onboarding = office.onboardings.find(ALL, subject)
    assert onboarding is not None
    return onboarding


def test_an_order_without_invitation_is_told_when_its_time_is_over(saga: Office) -> None:
    subject = saga.ordered()
    fire(saga, subject)
    assert found(saga, subject).is_stuck
    bodies = rows(saga, "SELECT body FROM outbox WHERE routing_key = 'NoticeRequested'")
    told = [json.loads(bytes(row.body))["notices"][0] for row in bodies]
    assert [each["kind"] for each in told] == [NoticeKind.STUCK]
    assert told[0]["data"]["waiting_for"] == "system"
    planned = rows(saga, "SELECT due_at FROM jobs WHERE kind = 'timer'")
    assert len(planned) == 1


def test_a_service_is_checked_at_night_after_it_was_created(saga: Office) -> None:
    subject = saga.ordered()
    saga.receive(an_event(InvitationIssued, subject=subject))
    saga.receive(an_event(DeviceAuthenticated, subject=subject))
    with saga.flow.transactions.begin() as uow:
        order = uow.aggregate(subject).order
        assert order is not None
        automatic = replace(uow.aggregate(subject), order=replace(order, completion="automatic"))
        uow.apply(subject, Decision(automatic))
    saga.receive(an_event(TenantValidated, subject=subject, run=1))
    assert found(saga, subject).state is State.ACTIVE
    fire(saga, subject)
    run = found(saga, subject).run
    assert run is not None
    assert (run.number, run.why) == (2, "nightly")
    assert facts(saga).count("TenantValidationRequested") == 2


def test_closing_gives_the_name_back(saga: Office) -> None:
    subject = saga.ordered("contoso")
    saga.receive(an_event(DeviceAuthenticated, subject=subject))
    with saga.flow.transactions.begin() as uow:
        order = uow.aggregate(subject).order
        assert order is not None
        automatic = replace(uow.aggregate(subject), order=replace(order, completion="automatic"))
        uow.apply(subject, Decision(automatic))
    saga.receive(an_event(TenantValidated, subject=subject, run=1))
    close = partial(close_service.close, reason="the customer has left")
    saga.desk.act(ALL, subject, ADMIN, "Closed", close)
    assert found(saga, subject).state is State.CLOSED
    assert subject not in [each.id for each in saga.onboardings.pending(ALL)]
    assert saga.ordered("contoso") != subject


def test_a_tenant_of_two_customers_is_seen_and_only_by_who_may_see_both(saga: Office) -> None:
    mine, other = saga.ordered("mine"), saga.ordered("other", OTHER_CUSTOMER)
    for subject in (mine, other):
        saga.receive(an_event(DeviceAuthenticated, subject=subject))
    same = saga.onboardings.of_same_tenant(ALL, mine)
    assert [each.id for each in same] == [other]
    assert saga.onboardings.of_same_tenant(Scope(frozenset({CUSTOMER})), mine) == []


def test_the_notices_of_a_customer_hold_for_its_next_order(saga: Office) -> None:
    chosen = NoticeSettings(operators=("team@provider.example",), muted=(NoticeKind.EXPIRED,))
    saga.customers.set_notices(CUSTOMER, chosen)
    customer = saga.customers.find(ALL, CUSTOMER)
    assert isinstance(customer, Customer)
    assert customer.notices == chosen
    order = found(saga, saga.ordered()).order
    assert order is not None
    assert order.notices == chosen


@pytest.mark.parametrize("change", ["UPDATE timeline SET text = 'x'", "DELETE FROM timeline"])
def test_nobody_changes_the_audit_trail(saga: Office, change: str) -> None:
    saga.ordered()
    with pytest.raises(sa.exc.DBAPIError, match="only ever added to"), saga.engine.begin() as it:
        it.execute(sa.text(change))
    assert rows(saga, "SELECT text FROM timeline WHERE text LIKE 'Ordered%'")


def test_the_audit_trail_says_who_acted_and_from_where(saga: Office) -> None:
    subject = saga.ordered()
    withdraw = renew_invitation.withdraw
    saga.desk.act(ALL, subject, ADMIN, "Withdrew the invitation", withdraw, "192.0.2.7")
    action = saga.onboardings.actions(ALL, subject)[-1]
    assert (action.name, action.subject, action.origin, action.text) == (
        "Anna",
        "operator",
        "192.0.2.7",
        "Withdrew the invitation",
    )
    assert saga.onboardings.actions(Scope(frozenset()), subject) == []


def test_a_link_is_shown_once_and_stands_nowhere_in_clear(saga: Office, tmp_path: Any) -> None:
    generate(tmp_path)
    public = PublicKeys.load(tmp_path / "public.jwks.json")
    own: KeySet = load_keys(tmp_path / "onboarding.sealing.jwks.json")
    subject = saga.ordered()
    by_hand = partial(renew_invitation.by_hand, operator=ADMIN)
    saga.desk.act(ALL, subject, ADMIN, "Copy link", by_hand)
    sealed = public.seal(LINK, ONBOARDING, SealContext(InvitationIssued, subject, 2))
    now = saga.flow.transactions.clock()
    issued = an_event(
        InvitationIssued, subject=subject, at=now, round=2, delivery="by_hand", link=sealed
    )
    saga.receive(issued)
    showing = HandOver(saga.desk, SealedLinks(PrivateKeys(own)))
    with pytest.raises(NotPossible, match="administrators"):
        showing.reveal(ALL, subject, an_operator())
    assert showing.reveal(ALL, subject, ADMIN, "192.0.2.7") == LINK
    with pytest.raises(NotPossible, match="shown already"):
        showing.reveal(ALL, subject, ADMIN)
    saga.receive(replace(issued, id=UUID(int=77)))
    assert found(saga, subject).hand_link is None
    assert "NoticeRequested" in facts(saga)
    for table in ("onboardings", "timeline", "outbox", "jobs", "parked"):
        stored = rows(saga, f"SELECT t::text AS text FROM {table} AS t")  # noqa: S608
        assert not [row for row in stored if "token-in-clear" in row.text]
        assert not [row for row in stored if sealed in row.text]


def test_operations_see_how_many_there_are_and_how_long_a_step_took(saga: Office) -> None:
    measured = MeasuredSteps(WhatFollows())
    flow = replace(saga.flow, transactions=replace(saga.flow.transactions, consequences=measured))
    office = replace(saga, flow=flow)
    subject = office.ordered()
    office.receive(an_event(InvitationIssued, subject=subject))
    with office.engine.begin() as connection:
        recount(connection)
    CountedStates(office.engine).show()
    sample = REGISTRY.get_sample_value
    assert sample("tenantlink_onboardings", {"state": "invited"}) == 1.0
    assert sample("tenantlink_onboardings", {"state": "active"}) == 0.0
    steps = sample("tenantlink_onboarding_step_seconds_count", {"state": "requested"})
    assert steps is not None
    assert steps >= 1.0
