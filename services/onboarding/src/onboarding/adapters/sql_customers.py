"""Customers in PostgreSQL."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from pydantic import TypeAdapter
from sqlalchemy.dialects.postgresql import insert

from onboarding.adapters.tables import customers
from onboarding.domain.customer import Customer
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Scope
from onboarding.domain.registers import NoticeSettings
from tenantlink_runtime.unit_of_work import UnitOfWork

_NOTICES: TypeAdapter[NoticeSettings] = TypeAdapter(NoticeSettings)


class SqlCustomers:
    """Each call is a short transaction of its own, but for what belongs to an order."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def all(self, scope: Scope) -> list[Customer]:
        """By name."""
        with self._engine.connect() as connection:
            rows = connection.execute(_visible(scope).order_by(customers.c.name)).all()
        return [_customer(row) for row in rows]

    def find(self, scope: Scope, customer_id: UUID) -> Customer | None:
        """None where there is none that the caller may see."""
        with self._engine.connect() as connection:
            row = connection.execute(_visible(scope).where(customers.c.id == customer_id)).first()
        return _customer(row) if row else None

    def find_by_number(self, scope: Scope, external_id: str) -> Customer | None:
        """By the provider's own number; None where there is none that the caller may see."""
        query = _visible(scope).where(customers.c.external_id == external_id)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        return _customer(row) if row else None

    def add(self, customer: Customer) -> bool:
        """False where the external id is taken."""
        with self._engine.begin() as connection:
            return _add(connection, customer)

    def change(self, customer_id: UUID, name: str, domains: tuple[str, ...]) -> None:
        """Name and domains, for orders from now on."""
        self._update(customer_id, name=name, domains=list(domains))

    def set_notices(self, customer_id: UUID, notices: NoticeSettings) -> None:
        """Who is told of what, for orders from now on."""
        self._update(customer_id, notices=_NOTICES.dump_python(notices, mode="json"))

    def found_or_added(self, uow: UnitOfWork[Onboarding], customer: Customer) -> Customer:
        """The one with this external id, added in the same transaction where there was none.

        Where another transaction adds it at the same moment, this one waits and takes that one.
        """
        _add(uow.connection, customer)
        same = sa.select(customers).where(customers.c.external_id == customer.external_id)
        return _customer(uow.connection.execute(same).one())

    def _update(self, customer_id: UUID, **values: Any) -> None:
        update = customers.update().where(customers.c.id == customer_id).values(**values)
        with self._engine.begin() as connection:
            connection.execute(update)


def _add(connection: sa.Connection, customer: Customer) -> bool:
    statement = insert(customers).values(
        id=customer.id,
        external_id=customer.external_id,
        name=customer.name,
        domains=list(customer.domains),
        notices=_NOTICES.dump_python(customer.notices, mode="json"),
    )
    added = connection.execute(statement.on_conflict_do_nothing(index_elements=["external_id"]))
    return bool(added.rowcount)


def _visible(scope: Scope) -> sa.Select[Any]:
    query = sa.select(customers)
    return query if scope.customers is None else query.where(customers.c.id.in_(scope.customers))


def _customer(row: Any) -> Customer:
    notices = _NOTICES.validate_python(row.notices)
    return Customer(row.id, row.external_id, row.name, tuple(row.domains), notices)
