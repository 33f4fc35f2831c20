"""Orders a service: the first event of every onboarding, whoever orders and on whatever way."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from onboarding.app.ports import Customers, NameTaken, NotFound, Onboardings, OnboardingTransactions
from onboarding.domain import customer as customer_rules
from onboarding.domain import order as rules
from onboarding.domain.breach import Breach
from onboarding.domain.customer import Customer
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from onboarding.domain.order import Order, RawCustomer, RawOrder
from onboarding.domain.registers import Ordered
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_contracts.values import Customer as CustomerValue
from tenantlink_contracts.values import InvitationOrder
from tenantlink_runtime.clock import Clock, new_id
from tenantlink_runtime.decision import Answer, Decision
from tenantlink_runtime.unit_of_work import UnitOfWork


class OrderedMeanwhile(Exception):
    """Somebody has ordered under the same id since it was looked up."""


Breaches = tuple[Breach, ...]
Work = UnitOfWork[Onboarding]


@dataclass(frozen=True, slots=True)
class Orderer:
    """Who orders. `system` is the upstream system that is answered; people and programs that call
    the API have their answer at once."""

    name: str
    email: str = ""
    system: str | None = None


@dataclass(frozen=True, slots=True)
class Checked:
    """An order that keeps all rules, as far as could be seen without a lock; `before` is what was
    ordered under its id already."""

    order: Order
    customer: Customer
    before: Onboarding | None = None


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
    ) -> UUID | Breaches:
        """The new onboarding's id, or every broken rule. NotFound for an unknown customer.

        `subject` is the id it gets; sent twice, as by a double click, it is ordered once.
        """
        if self.onboardings.find(scope, subject) is not None:
            return subject
        orderer = Orderer(operator.name, operator.email)
        answer = self.order(scope, orderer, raw, subject, seems_new=True)
        if not isinstance(answer, tuple) or self.onboardings.find(scope, subject) is not None:
            return subject  # the second of two clicks finds its own name taken
        return answer

    def order(
        self,
        scope: Scope,
        orderer: Orderer,
        raw: RawOrder,
        subject: UUID,
        seems_new: bool = False,
    ) -> ServiceRequested | Breaches:
        """In a transaction of its own; see `order_within`."""
        try:
            with self.transactions.begin() as uow:
                return self.order_within(uow, scope, orderer, raw, subject, seems_new)
        except NameTaken as error:
            return (rules.taken(error.code),)
        except OrderedMeanwhile:
            return self.order(scope, orderer, raw, subject)

    def order_within(
        self,
        uow: Work,
        scope: Scope,
        orderer: Orderer,
        raw: RawOrder,
        subject: UUID,
        seems_new: bool = False,
    ) -> ServiceRequested | Breaches:
        """The order as it was taken, or every broken rule; nothing is written where one is broken.

        The same order for the same `subject` gets the first answer again, another one is told that
        its reference is used. NotFound for a customer's id that the caller may not know of. Where
        somebody else is faster, NameTaken comes when the unit ends, or OrderedMeanwhile at once.
        `seems_new`: the caller has just looked, and found nothing under this id.
        """
        checked = self.check(scope, raw, None if seems_new else subject)
        if not isinstance(checked, Checked):
            return checked
        if checked.before is not None:
            return self._again(uow, checked, checked.before, orderer)
        customer = checked.customer
        if not isinstance(raw.customer, UUID):
            customer = self.customers.found_or_added(uow, customer)
        onboarding = uow.aggregate(subject)
        if onboarding.order is not None:
            raise OrderedMeanwhile
        decision = request(onboarding, customer, orderer, checked.order, self.clock())
        uow.apply(subject, decision)
        return _told(decision.aggregate)

    def check(self, scope: Scope, raw: RawOrder, subject: UUID | None) -> Checked | Breaches:
        """What can be said of an order without taking it; without a subject, of a new one."""
        before = self.onboardings.find(Scope.everything(), subject) if subject else None
        customer = self._customer(scope, raw.customer)
        order = rules.parse(raw, self.reserved_words, self.is_address)
        breaches = () if isinstance(order, Order) else order
        breaches += () if isinstance(customer, Customer) else customer
        if before is None:
            breaches += self._names_taken(raw, breaches)
        if breaches or not isinstance(order, Order) or not isinstance(customer, Customer):
            return breaches
        return Checked(order, customer, before)

    def _again(
        self, uow: Work, checked: Checked, before: Onboarding, orderer: Orderer
    ) -> ServiceRequested | Breaches:
        new = request(before, checked.customer, orderer, checked.order, self.clock())
        if before.order is None or not _same(new.aggregate.order, before.order):
            return (_reused(checked.order.options.reference or str(before.id)),)
        if orderer.system:
            uow.answer(before.id, Answer(orderer.system, _told(before)))
        return _told(before)

    def _customer(self, scope: Scope, wanted: UUID | RawCustomer) -> Customer | Breaches:
        """One of ours, or one to be added; whoever may see only some customers adds none."""
        if isinstance(wanted, UUID):
            known = self.customers.find(scope, wanted)
            if known is None:
                raise NotFound
            return known
        number = wanted.external_id.strip()
        broken = customer_rules.number_breaches(number)
        if broken:
            return broken
        found = self.customers.find_by_number(scope, number)
        if found is None and scope.customers is not None:
            return (customer_rules.UNKNOWN,)
        domains = "\n".join(wanted.domains)
        return found or customer_rules.parse(new_id(), wanted.name, number, domains)

    def _names_taken(self, raw: RawOrder, breaches: Breaches) -> Breaches:
        """Asked only for a name that keeps the other rules."""
        if any(breach.field == "short_name" for breach in breaches):
            return ()
        name = raw.short_name
        codes = self.onboardings.names_taken(rules.short_name_key(name), rules.dns_label(name))
        return tuple(map(rules.taken, codes))


def request(
    onboarding: Onboarding, customer: Customer, orderer: Orderer, order: Order, now: datetime
) -> Decision[Onboarding]:
    """The order as onboarding's authoritative copy, and the event that tells it."""
    options = order.options
    ordered = Ordered(
        reference=options.reference or str(onboarding.id),
        customer_id=customer.id,
        customer_external_id=customer.external_id,
        customer_name=customer.name,
        customer_domains=customer.domains,
        service_type=order.service_type,
        short_name=order.short_name,
        full_name=order.full_name,
        license=order.license,
        licensed_users=order.licensed_users,
        email=order.email,
        with_link=bool(order.email),
        requested_by=options.requested_by or orderer.name,
        operator_email=orderer.email,
        at=now,
        system=orderer.system,
        completion=options.completion,
        language=options.language,
        brand=options.brand,
        valid_days=options.valid_days,
        expected_tenant=options.expected_tenant,
        notes=options.notes,
        notices=customer.notices,
    )
    taken = onboarding.ordered(ordered)
    fact = _told(taken)
    answers = (Answer(orderer.system, fact),) if orderer.system else ()
    return Decision(taken, events=(fact,), answers=answers)


def _told(onboarding: Onboarding) -> ServiceRequested:
    """The authoritative copy of an order; NotFound where there is none."""
    order = onboarding.order
    if order is None:
        raise NotFound
    return ServiceRequested.model_validate(
        {
            "reference": order.reference,
            "customer": CustomerValue(
                external_id=order.customer_external_id,
                name=order.customer_name,
                domains=order.customer_domains,
            ),
            "service_type": order.service_type,
            "short_name": order.short_name,
            "full_name": order.full_name,
            "license": order.license,
            "licensed_users": order.licensed_users,
            "invitation": _invitation(order),
            "completion": order.completion,
            "expected_tenant": order.expected_tenant,
            "requested_by": order.requested_by,
            "notes": order.notes,
            "onboarding_id": onboarding.id,
        }
    )


def _invitation(order: Ordered) -> InvitationOrder | None:
    if not order.with_link:
        return None
    return InvitationOrder(
        email=order.email,
        language=order.language,
        brand=order.brand,
        valid_days=order.valid_days,
    )


def _same(new: Ordered | None, old: Ordered) -> bool:
    """Whether both order the same; what the console has changed of the customer does not count."""
    return new is not None and old == replace(
        new,
        at=old.at,
        customer_name=old.customer_name,
        customer_domains=old.customer_domains,
        notices=old.notices,
    )


def _reused(reference: str) -> Breach:
    message = f"The reference {reference} was used for another order. Give this one its own."
    return Breach("reference", "reference_reused", message)
