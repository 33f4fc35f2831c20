"""Onboarding's database, its verbs, and a customer to order for."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from onboarding.adapters.addresses import is_address
from onboarding.adapters.sql_customers import SqlCustomers
from onboarding.adapters.sql_onboardings import (
    SqlOnboardings,
    SqlTransactions,
    stored_onboardings,
)
from onboarding.adapters.sql_timeline import SqlTimeline
from onboarding.app.desk import Desk
from onboarding.app.order_service import OrderService
from onboarding.domain.breach import Breach
from onboarding.domain.customer import Customer
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Scope
from onboarding.entrypoints.events import Onboardings
from onboarding.settings import OnboardingSettings
from tenantlink_contracts import wire
from tenantlink_contracts.catalogue import read_by
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.names import ONBOARDING
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.database import connect
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import EventFlow
from tenantlink_runtime.unit_of_work import Transactions
from tests.integration.onboarding.visiting import provisioning, visit
from tests.support.onboarding_builders import a_raw_order, an_operator

__all__ = ["provisioning", "visit"]  # fixtures

CUSTOMER = UUID("01957a00-0000-7000-8000-0000000000c1")
OTHER_CUSTOMER = UUID("01957a00-0000-7000-8000-0000000000c2")


def _handlers() -> dict[type[Fact], Any]:
    """What the service's own class does with each fact that onboarding reads."""
    service = Onboardings()
    names = {f: re.sub("(?<!^)([A-Z])", r"_\1", f.__name__).lower() for f in read_by(ONBOARDING)}
    return {fact: getattr(service, name) for fact, name in names.items()}


@dataclass(frozen=True)
class Office:
    """Everything that works on one database."""

    engine: sa.Engine
    orders: OrderService
    desk: Desk
    onboardings: SqlOnboardings
    customers: SqlCustomers
    flow: EventFlow[Onboarding]

    def order(
        self,
        short_name: str = "contoso",
        customer: UUID = CUSTOMER,
        subject: UUID | None = None,
    ) -> UUID | tuple[Breach, ...]:
        """Order a service as Olivia; `subject` is the id that the form has brought along."""
        raw = a_raw_order(customer=customer, short_name=short_name)
        olivia = an_operator(name="Olivia")
        return self.orders.run(Scope.everything(), olivia, raw, subject or new_id())

    def ordered(self, short_name: str = "contoso", customer: UUID = CUSTOMER) -> UUID:
        """The id of a new onboarding."""
        answer = self.order(short_name, customer)
        assert isinstance(answer, UUID), answer
        return answer

    def receive(self, *events: Event[Fact]) -> None:
        """Handle events as the consumer would."""
        self.flow.run(
            [
                Delivery(
                    "onboarding.inbox",
                    wire.CONTENT_TYPE,
                    wire.headers_of(event),
                    event.data.model_dump_json().encode(),
                )
                for event in events
            ]
        )


@pytest.fixture
def office(migrated_database: Callable[[str], str]) -> Iterator[Office]:
    """An office with two customers."""
    engine = connect(migrated_database("onboarding"))
    aggregates, timeline = stored_onboardings(), SqlTimeline(utc_now)
    inner = Transactions(engine, "onboarding", aggregates, projections=(timeline,))
    transactions = SqlTransactions(inner)
    onboardings, customers = SqlOnboardings(engine, aggregates), SqlCustomers(engine)
    customers.add(Customer(CUSTOMER, "contoso", "Contoso", ("contoso.example",)))
    customers.add(Customer(OTHER_CUSTOMER, "fabrikam", "Fabrikam"))
    orders = OrderService(transactions, onboardings, customers, ("audit",), is_address, utc_now)
    desk = Desk(transactions, timeline, utc_now)
    flow = EventFlow(inner, _handlers())
    yield Office(engine, orders, desk, onboardings, customers, flow)
    engine.dispose()


@pytest.fixture
def settings(tmp_path: Path) -> OnboardingSettings:
    """Settings of a console that nobody has to log in to; `orders` creates services."""
    key = tmp_path / "key"
    key.write_text("a key for tests, long enough to sign with")
    return OnboardingSettings(
        database_url=SecretStr("unused"),
        public_keys_file=key,
        public_url="http://console.example",
        session_key_file=key,
        oidc_issuer="https://operators.example",
        oidc_client_id="console",
        oidc_client_secret_file=key,
        secure_cookies=False,
        provisioning="external",
        provisioning_system="orders",
    )
