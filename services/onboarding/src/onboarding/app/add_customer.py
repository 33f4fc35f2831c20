"""Adds a customer."""

from onboarding.app.ports import Customers
from onboarding.domain.customer import Customer, domains_in, external_id_for
from onboarding.domain.order import Breach
from tenantlink_runtime.clock import new_id

MAX_NAME = 200


def add(
    customers: Customers, name: str, external_id: str, domains: str
) -> Customer | tuple[Breach, ...]:
    """The new customer, or every broken rule."""
    name, external_id = " ".join(name.split()), external_id.strip()
    breaches = _breaches(name, external_id)
    if breaches:
        return breaches
    customer = Customer(new_id(), external_id or external_id_for(name), name, domains_in(domains))
    if not customers.add(customer):
        message = f"Another customer has the number '{customer.external_id}'. Enter another one."
        return (Breach("external_id", "external_id_taken", message),)
    return customer


def _breaches(name: str, external_id: str) -> tuple[Breach, ...]:
    found = []
    if not name or len(name) > MAX_NAME or not name.isprintable():
        message = "Enter the customer's name, at most 200 characters."
        found.append(Breach("name", "name_invalid", message))
    if len(external_id) > MAX_NAME or not external_id.isprintable():
        message = "It can have at most 200 characters."
        found.append(Breach("external_id", "external_id_invalid", message))
    return tuple(found)
