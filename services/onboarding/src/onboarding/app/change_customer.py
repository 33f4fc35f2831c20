"""Changes a customer: name and domains, or who is told of what. Orders that exist stay as they
were placed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from onboarding.app.ports import Customers
from onboarding.domain import notice_settings
from onboarding.domain.breach import Breach
from onboarding.domain.customer import Customer, parse
from onboarding.domain.registers import NoticeSettings


@dataclass(frozen=True, slots=True)
class TypedNotices:
    """Notice settings as somebody has typed them."""

    operators: str
    administrators: str
    orderer: bool
    muted: Sequence[str]


def change(
    customers: Customers, customer: Customer, name: str, domains: str
) -> Customer | tuple[Breach, ...]:
    """The customer with the new values, or every broken rule."""
    changed = parse(customer.id, name, customer.external_id, domains)
    if isinstance(changed, Customer):
        customers.change(changed.id, changed.name, changed.domains)
    return changed


def change_notices(
    customers: Customers, customer: Customer, typed: TypedNotices, is_address: Callable[[str], bool]
) -> NoticeSettings | tuple[Breach, ...]:
    """The new settings, or every broken rule."""
    settings = notice_settings.parse(
        typed.operators, typed.administrators, typed.orderer, typed.muted, is_address
    )
    if isinstance(settings, NoticeSettings):
        customers.set_notices(customer.id, settings)
    return settings
