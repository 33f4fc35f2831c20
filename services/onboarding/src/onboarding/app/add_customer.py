"""Adds a customer."""

from onboarding.app.ports import Customers
from onboarding.domain.breach import Breach
from onboarding.domain.customer import Customer, parse, taken
from tenantlink_runtime.clock import new_id


def add(
    customers: Customers, name: str, external_id: str, domains: str
) -> Customer | tuple[Breach, ...]:
    """The new customer, or every broken rule."""
    customer = parse(new_id(), name, external_id, domains)
    if isinstance(customer, Customer) and not customers.add(customer):
        return (taken(customer.external_id),)
    return customer
