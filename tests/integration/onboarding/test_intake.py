"""Orders of upstream systems: taken once, answered always, whatever they hold."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from onboarding.adapters.sql_onboardings import stored_onboardings
from onboarding.adapters.sql_timeline import SqlTimeline
from onboarding.bootstrap import build_intake
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Scope
from onboarding.settings import OnboardingSettings
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.intake import MESSAGE_ID, ROUTING_KEY, USER, IntakeFlow, Spoken
from tenantlink_runtime.unit_of_work import Transactions, UnitOfWork
from tests.integration.onboarding.conftest import CUSTOMER, Office
from tests.support.onboarding_builders import an_order_document

Reasons = set[tuple[str, str]]


class Upstream:
    """Upstream systems at the intake of one database."""

    def __init__(self, office: Office, settings: OnboardingSettings) -> None:
        self.engine = office.engine
        self.onboardings = office.onboardings
        intake = build_intake(settings, office.engine)

        def take_in(uow: UnitOfWork[Onboarding], spoken: Spoken) -> None:
            intake.run(uow, spoken.system, spoken.id, spoken.message)

        timeline = SqlTimeline(utc_now)
        transactions = Transactions(
            office.engine, "onboarding", stored_onboardings(), projections=(timeline,)
        )
        self.flow = IntakeFlow(transactions, take_in)

    def send(
        self,
        document: Any,
        system: str | None = "crm",
        message_id: str | None = None,
        name: str = "ServiceRequested",
    ) -> None:
        """Plain JSON, as the consumer hands it on."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        told = {USER: system, MESSAGE_ID: message_id or str(new_id()), ROUTING_KEY: name}
        headers = {key: value for key, value in told.items() if value is not None}
        self.flow.run([Delivery("onboarding.intake", "application/json", headers, body)])

    def answers(self, system: str = "crm") -> list[tuple[str, dict[str, Any]]]:
        """Names and data of what a system was answered, oldest first."""
        query = sa.text(
            "SELECT headers ->> 'ce-type' AS type, body FROM outbox "
            "WHERE exchange = 'upstream.answers' AND routing_key = :system ORDER BY position"
        )
        with self.engine.connect() as connection:
            rows = connection.execute(query, {"system": system}).all()
        return [(row.type.split(".")[1], json.loads(bytes(row.body))) for row in rows]

    def answer(self, document: Any, **how: Any) -> tuple[str, dict[str, Any]]:
        """The one answer to a message."""
        before = len(self.answers())
        self.send(document, **how)
        (answer,) = self.answers()[before:]
        return answer

    def reasons(self, document: Any, **how: Any) -> Reasons:
        """Places and codes of a rejection."""
        name, fact = self.answer(document, **how)
        assert name == "ServiceRejected", fact
        return {(each["field"], each["code"]) for each in fact["reasons"]}

    def count(self, table: str) -> int:
        with self.engine.connect() as connection:
            return int(connection.execute(sa.text(f"SELECT count(*) FROM {table}")).scalar_one())  # noqa: S608


@pytest.fixture
def upstream(office: Office, settings: OnboardingSettings) -> Iterator[Upstream]:
    return Upstream(office, settings)


def test_an_order_is_answered_by_the_copy_that_everybody_gets(upstream: Upstream) -> None:
    name, fact = upstream.answer(an_order_document(completion="automatic", notes="urgent"))
    assert name == "ServiceRequested"
    assert fact["round"] == 1
    assert fact["invitation"]["valid_days"] == 30
    onboarding = upstream.onboardings.find(Scope.everything(), UUID(fact["onboarding_id"]))
    assert onboarding is not None
    assert onboarding.order is not None
    assert (onboarding.order.system, onboarding.order.requested_by) == ("crm", "crm")
    assert (onboarding.order.customer_id, onboarding.order.is_automatic) == (CUSTOMER, True)
    facts = sa.text("SELECT body FROM outbox WHERE exchange = 'onboarding.events'")
    with upstream.engine.connect() as connection:
        (published,) = connection.execute(facts).scalars().all()
    assert json.loads(bytes(published)) == fact


def test_a_customer_that_nobody_knows_is_created_with_the_order_and_found_again(
    upstream: Upstream,
) -> None:
    customer = {"external_id": "C-77", "name": "Northwind", "domains": ["northwind.example"]}
    upstream.answer(an_order_document(customer=customer))
    other = an_order_document(reference="2", short_name="second", customer={"external_id": "C-77"})
    _, fact = upstream.answer(other)
    assert fact["customer"] == customer
    assert upstream.count("customers") == 3


def test_a_rejected_order_creates_no_customer_and_no_onboarding(upstream: Upstream) -> None:
    customer = {"external_id": "C-77", "name": "Northwind"}
    assert upstream.reasons(an_order_document(customer=customer, licensed_users=0)) == {
        ("licensed_users", "licensed_users_range")
    }
    assert (upstream.count("customers"), upstream.count("onboardings")) == (2, 0)


def test_the_same_reference_with_the_same_content_gets_the_first_answer_again(
    upstream: Upstream,
) -> None:
    first = upstream.answer(an_order_document())
    assert upstream.answer(an_order_document()) == first
    assert upstream.count("onboardings") == 1


def test_the_same_reference_with_other_content_is_told_so(upstream: Upstream) -> None:
    upstream.answer(an_order_document())
    for change in ({"licensed_users": 51}, {"customer": {"external_id": "X", "name": "X"}}):
        answer = upstream.reasons(an_order_document(**change))
        assert answer == {("reference", "reference_reused")}
    assert upstream.count("customers") == 2


def test_an_order_that_was_rejected_may_be_corrected_under_its_reference(
    upstream: Upstream,
) -> None:
    upstream.reasons(an_order_document(licensed_users=0))
    assert upstream.answer(an_order_document())[0] == "ServiceRequested"


def test_another_system_may_use_the_same_reference_and_message_id(upstream: Upstream) -> None:
    upstream.send(an_order_document(), message_id="m-1")
    upstream.send(an_order_document(short_name="other"), system="orders", message_id="m-1")
    assert [name for name, _ in upstream.answers("orders")] == ["ServiceRequested"]
    assert upstream.count("onboardings") == 2


def test_a_message_that_comes_twice_is_answered_once(upstream: Upstream) -> None:
    for _ in range(2):
        upstream.send(an_order_document(), message_id="m-1")
    assert len(upstream.answers()) == 1


def test_a_name_that_a_service_has_is_told(upstream: Upstream, office: Office) -> None:
    office.ordered("contoso")
    assert upstream.reasons(an_order_document()) == {("short_name", "short_name_taken")}


HOSTILE: list[tuple[dict[str, Any], Reasons]] = [
    (
        {"invitation": {"email": "a@x.example, b@y.example"}},
        {("invitation.email", "email_invalid")},
    ),
    ({"invitation": {"email": "a@x.example\r\nBcc: b@y"}}, {("invitation.email", "email_invalid")}),
    ({"invitation": {"email": "\u202ea@x.example"}}, {("invitation.email", "email_invalid")}),
    ({"invitation": {"email": "a@[IPv6:2001:db8::1]"}}, {("invitation.email", "email_invalid")}),
    ({"full_name": "Contoso\r\nX-Header: 1"}, {("full_name", "full_name_character")}),
    ({"full_name": "Contoso\u2067"}, {("full_name", "full_name_character")}),
    ({"full_name": "\ud800"}, {("full_name", "full_name_character")}),
    ({"full_name": "a\x00b"}, {("full_name", "full_name_character")}),
    ({"expected_tenant": "common"}, {("expected_tenant", "expected_tenant_invalid")}),
    ({"expected_tenant": "evil.example/.."}, {("expected_tenant", "expected_tenant_invalid")}),
    ({"expected_tenant": "[2001:db8::1]"}, {("expected_tenant", "expected_tenant_invalid")}),
    ({"reference": "a\x00"}, {("reference", "reference_character")}),
    ({"reference": "\ud800"}, {("reference", "reference_character")}),
    ({"reference": None}, {("reference", "reference_missing")}),
    ({"reference": 7}, {("reference", "wrong_type")}),
    ({"customer": {"external_id": "a\x00"}}, {("customer.external_id", "external_id_character")}),
    ({"customer": {"external_id": "new"}}, {("customer.name", "name_missing")}),
    (
        {"customer": {"external_id": "new", "name": "New", "domains": ["2001:db8::1", "a/../b"]}},
        {("customer.domains", "domain_invalid")},
    ),
    ({"licensed_users": 10**40}, {("licensed_users", "licensed_users_range")}),
    ({"short_name": {"$ne": 1}}, {("short_name", "wrong_type")}),
]


def test_hostile_and_odd_orders_are_answered_by_every_reason(upstream: Upstream) -> None:
    for changes, expected in HOSTILE:
        assert upstream.reasons(an_order_document(**changes)) == expected
    assert (upstream.count("onboardings"), upstream.count("parked")) == (0, 0)


def test_template_text_is_only_text(upstream: Upstream) -> None:
    name, fact = upstream.answer(an_order_document(full_name="{{7*7}}", notes="${7*7}"))
    assert (name, fact["full_name"], fact["notes"]) == ("ServiceRequested", "{{7*7}}", "${7*7}")


def test_fields_that_nobody_knows_do_no_harm_in_an_event(upstream: Upstream) -> None:
    document = an_order_document(onboarding_id=str(new_id()), round=7, future={"a": 1})
    _, fact = upstream.answer(document)
    assert fact["onboarding_id"] != document["onboarding_id"]
    assert fact["round"] == 1


def test_a_megabyte_is_told_to_be_too_large(upstream: Upstream) -> None:
    assert upstream.reasons(an_order_document(notes="x" * 1_000_000)) == {("message", "too_large")}


def test_bytes_that_nobody_can_read_are_kept_without_an_answer(upstream: Upstream) -> None:
    upstream.send(b"\xff\xfe")
    assert upstream.answers() == []
    assert upstream.count("parked WHERE status = 'dead'") == 1


def test_without_a_verified_sender_nothing_is_taken(upstream: Upstream) -> None:
    upstream.send(an_order_document(), system=None)
    assert upstream.count("onboardings") == 0
    assert upstream.count("parked WHERE status = 'dead' AND reason LIKE '%user_id%'") == 1


def test_only_the_provisioning_system_may_say_that_a_service_exists(upstream: Upstream) -> None:
    _, fact = upstream.answer(an_order_document())
    told = {"onboarding_id": fact["onboarding_id"]}
    answer = upstream.reasons(told, name="ServiceProvisioned")
    assert answer == {("message", "not_provisioning")}


def test_an_answer_of_the_provisioning_system_to_nothing_asked_is_told(
    upstream: Upstream,
) -> None:
    _, fact = upstream.answer(an_order_document())

    def reasons(document: dict[str, Any], name: str) -> Reasons:
        upstream.send(document, system="orders", name=name)
        _, answer = upstream.answers("orders")[-1]
        return {(each["field"], each["code"]) for each in answer["reasons"]}

    known, unknown = {"onboarding_id": fact["onboarding_id"]}, {"onboarding_id": str(new_id())}
    assert reasons(known, "ServiceProvisioned") == {("onboarding_id", "not_asked")}
    assert reasons(unknown, "ServiceProvisioned") == {("onboarding_id", "onboarding_unknown")}
    assert reasons(known, "ServiceProvisioningFailed") == {("reason", "missing")}
    assert upstream.count("onboardings") == 1
