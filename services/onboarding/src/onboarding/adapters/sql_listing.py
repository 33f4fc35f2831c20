"""Lists of services in PostgreSQL, whose cost does not grow with the number of services.

Pages are found by keyset on an index for each order. A search looks up its most telling word; where
that leads to few services they are sorted, where it leads to many the list is walked in its order
instead, since then a page is full soon. Counts are recomputed by a chore.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onboarding.adapters.tables import onboardings, service_counts, service_words
from onboarding.app.listing import Counts, Cursor, Listed, Sort, Wish
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Scope
from onboarding.domain.states import State
from tenantlink_runtime.aggregates import StoredAggregates

FEW = 500
_LAST = "\U0010ffff"  # behind every word that begins so, as PostgreSQL's collation "C" sorts
_SORTED_BY: dict[Sort, sa.Column[Any]] = {
    Sort.NEWEST: onboardings.c.ordered_at,
    Sort.SHORT_NAME: onboardings.c.short_name_key,
}


class SqlServiceList:
    """Each call is a short transaction of its own."""

    def __init__(self, engine: sa.Engine, aggregates: StoredAggregates[Onboarding]) -> None:
        self._engine = engine
        self._aggregates = aggregates

    def page(self, scope: Scope, wish: Wish) -> Listed:
        """One page, and where the next one begins."""
        with self._engine.connect() as connection:
            found = self._found(connection, scope, wish)
        shown = found[: wish.size]
        last = shown[-1] if len(found) > wish.size else None
        value = _SORTED_BY[wish.sort].name
        return Listed(
            tuple(self._aggregates.from_state(row.state) for row in shown),
            Cursor(_text(getattr(last, value)), last.id) if last else None,
        )

    def counts(self, scope: Scope) -> Counts:
        """The caller's customers together; where all may be seen, one row a state tells."""
        counted = sa.select(
            service_counts.c.status,
            sa.func.sum(service_counts.c.services).label("services"),
            sa.func.max(service_counts.c.counted_at).label("at"),
        ).group_by(service_counts.c.status)
        if scope.customers is None:
            counted = counted.where(service_counts.c.customer_id.is_(None))
        else:
            counted = counted.where(service_counts.c.customer_id.in_(scope.customers))
        with self._engine.connect() as connection:
            rows = connection.execute(counted).all()
        at = max((row.at for row in rows), default=None)
        return Counts({State(row.status): int(row.services) for row in rows}, at)

    def _found(self, connection: sa.Connection, scope: Scope, wish: Wish) -> list[Any]:
        query = _narrowed(scope, wish)
        if wish.words:
            first, *others = wish.words
            few = connection.execute(_led_to_by(first)).scalars().all()
            if len(few) <= FEW:
                query = query.where(onboardings.c.id.in_(few))
            else:
                others = [first, *others]
            query = query.where(*map(_has_word, others))
        return list(connection.execute(_in_order(query, wish)).all())


def recount(connection: sa.Connection) -> None:
    """How many services there are, by state, for each customer and for all; one statement each, so
    that a reader sees the old counts or the new ones."""
    by_customer = sa.select(
        onboardings.c.customer_id, onboardings.c.status, sa.func.count(), sa.func.now()
    ).where(onboardings.c.customer_id.is_not(None))
    sets = sa.func.grouping_sets(
        sa.tuple_(onboardings.c.customer_id, onboardings.c.status),
        sa.tuple_(onboardings.c.status),
    )
    connection.execute(service_counts.delete())
    connection.execute(
        service_counts.insert().from_select(
            ["customer_id", "status", "services", "counted_at"], by_customer.group_by(sets)
        )
    )


def _narrowed(scope: Scope, wish: Wish) -> sa.Select[Any]:
    columns = onboardings.c
    query = sa.select(columns.id, columns.state, columns.ordered_at, columns.short_name_key)
    query = query.where(columns.customer_id.is_not(None))
    if scope.customers is not None:
        query = query.where(columns.customer_id.in_(scope.customers))
    if wish.customer is not None:
        query = query.where(columns.customer_id == wish.customer)
    if wish.states:
        query = query.where(columns.status.in_([each.value for each in wish.states]))
    if wish.actor is not None:
        query = query.where(columns.waiting_for == wish.actor.value)
    return query


def _in_order(query: sa.Select[Any], wish: Wish) -> sa.Select[Any]:
    """One row more than is shown tells whether there is a next page."""
    column, identity = _SORTED_BY[wish.sort], onboardings.c.id
    if wish.after is not None:
        place: sa.ColumnElement[Any] = sa.tuple_(column, identity)
        behind = sa.tuple_(sa.cast(wish.after.value, column.type), sa.cast(wish.after.id, sa.Uuid))
        query = query.where(place < behind if wish.sort is Sort.NEWEST else place > behind)
    if wish.sort is Sort.NEWEST:
        query = query.order_by(column.desc(), identity.desc())
    else:
        query = query.order_by(column, identity)
    return query.limit(wish.size + 1)


def _led_to_by(word: str) -> sa.Select[tuple[UUID]]:
    """The services that a word leads to, but for one more than a few at most."""
    begins = service_words.c.word.between(word, word + _LAST)
    return sa.select(service_words.c.onboarding_id).where(begins).distinct().limit(FEW + 1)


def _has_word(word: str) -> sa.ColumnElement[bool]:
    begins = service_words.c.word.between(word, word + _LAST)
    of_it = service_words.c.onboarding_id == onboardings.c.id
    return sa.exists().where(of_it, begins)


def _text(value: datetime | str) -> str:
    return value.isoformat() if isinstance(value, datetime) else value
