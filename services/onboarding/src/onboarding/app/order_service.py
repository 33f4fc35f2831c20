"""Orders a service: the first event of every onboarding."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from onboarding.app.ports import Customers, NameTaken, NotFound, Onboardings, OnboardingTransactions
from onboarding.domain import order as rules
from onboarding.domain.customer import Customer
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from onboarding.domain.order import Breach, Order, RawOrder
from onboarding.domain.registers import Ordered
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_contracts.values import Customer as CustomerValue
from tenantlink_contracts.values import InvitationOrder
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.decision import Decision


@dataclass(frozen=True)
class OrderService:
    """The verb with its collaborators."""

    transactions: OnboardingTransactions
    onboardings: Onboardings
    customers: Customers
    reserved_words: tuple[str, ...]
    is_address: Callable[[str], bool]
    clock: Clock

    def run(
        self, scope: Scope, operator: Operator, raw: RawOrder, subject: UUID
    ) -> UUID | tuple[Breach, ...]:
        """The new onboarding's id, or every broken rule. NotFound for an unknown customer.

        `subject` is the id it gets; sent twice, as by a double click, it is ordered once.
        """
        if self.onboardings.find(scope, subject) is not None:
            return subject
        customer = self.customers.find(scope, raw.customer_id)
        if customer is None:
            raise NotFound
        order = rules.parse(raw, self.reserved_words, self.is_address)
        breaches = () if isinstance(order, Order) else order
        breaches += self._names_taken(raw, breaches)
        if breaches or not isinstance(order, Order):
            return breaches
        try:
            return self._order(subject, customer, operator, order)
        except NameTaken as error:
            return (rules.taken(error.code),)

    def _names_taken(self, raw: RawOrder, breaches: tuple[Breach, ...]) -> tuple[Breach, ...]:
        """Asked only for a name that keeps the other rules."""
        if any(breach.field == "short_name" for breach in breaches):
            return ()
        name = raw.short_name
        codes = self.onboardings.names_taken(rules.short_name_key(name), rules.dns_label(name))
        return tuple(map(rules.taken, codes))

    def _order(self, subject: UUID, customer: Customer, operator: Operator, order: Order) -> UUID:
        with self.transactions.begin() as uow:
            onboarding = uow.aggregate(subject)
            if onboarding.order is None:
                decision = request(onboarding, customer, operator, order, self.clock())
                uow.apply(subject, decision)
        return subject


def request(
    onboarding: Onboarding, customer: Customer, operator: Operator, order: Order, now: datetime
) -> Decision[Onboarding]:
    """The order as onboarding's authoritative copy, and the event that tells it."""
    ordered = Ordered(
        reference=str(onboarding.id),
        customer_id=customer.id,
        customer_external_id=customer.external_id,
        customer_name=customer.name,
        service_type=order.service_type,
        short_name=order.short_name,
        full_name=order.full_name,
        license=order.license,
        licensed_users=order.licensed_users,
        email=order.email,
        requested_by=operator.name,
        operator_email=operator.email,
        at=now,
    )
    fact = ServiceRequested(
        reference=ordered.reference,
        customer=CustomerValue(
            external_id=customer.external_id, name=customer.name, domains=customer.domains
        ),
        service_type=order.service_type,
        short_name=order.short_name,
        full_name=order.full_name,
        license=order.license,
        licensed_users=order.licensed_users,
        invitation=InvitationOrder(email=order.email),
        requested_by=operator.name,
        onboarding_id=onboarding.id,
        round=1,
    )
    return Decision(replace(onboarding, order=ordered, asked_round=1), events=(fact,))
