"""Onboardings in PostgreSQL: the aggregates, their transactions, and the reads of the pages."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import sqlalchemy as sa

from onboarding.adapters.tables import onboardings, timeline
from onboarding.app.ports import Action, NameTaken, TimelineEntry
from onboarding.domain.attention import attention_of
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Scope
from onboarding.domain.order import dns_label, short_name_key
from onboarding.domain.search import words_of
from onboarding.domain.states import State
from tenantlink_contracts.values import ServiceType
from tenantlink_runtime.aggregates import StoredAggregates
from tenantlink_runtime.unit_of_work import Transactions, UnitOfWork

PAGE_LIMIT = 200
_OVER = (State.ACTIVE.value, State.CANCELLED.value, State.CLOSED.value)
_ENDED = (State.CANCELLED.value, State.CLOSED.value)
_UNIQUE = ("short_name_taken", "dns_label_taken")


def stored_onboardings() -> StoredAggregates[Onboarding]:
    """How the flow of events loads and saves them."""
    return StoredAggregates(onboardings, Onboarding, Onboarding, _columns)


class SqlTransactions:
    """Units of work; the database's word on taken names becomes ours."""

    def __init__(self, transactions: Transactions[Onboarding]) -> None:
        self._transactions = transactions

    @contextmanager
    def begin(self) -> Iterator[UnitOfWork[Onboarding]]:
        """Commits on leaving; NameTaken where another order was faster."""
        try:
            with self._transactions.begin() as uow:
                yield uow
        except sa.exc.IntegrityError as error:
            constraint = getattr(getattr(error.orig, "diag", None), "constraint_name", None)
            if constraint not in _UNIQUE:
                raise
            raise NameTaken(str(constraint)) from None


class SqlOnboardings:
    """Reads, each in a short transaction of its own."""

    def __init__(self, engine: sa.Engine, aggregates: StoredAggregates[Onboarding]) -> None:
        self._engine = engine
        self._aggregates = aggregates

    def services(self, scope: Scope) -> list[Onboarding]:
        """Newest first."""
        return self._all(_visible(scope))

    def pending(self, scope: Scope) -> list[Onboarding]:
        """Those that are neither active nor cancelled, newest first."""
        return self._all(_visible(scope).where(onboardings.c.status.not_in(_OVER)))

    def find(self, scope: Scope, subject: UUID) -> Onboarding | None:
        """None where there is none that the caller may see."""
        found = self._all(_visible(scope).where(onboardings.c.id == subject))
        return found[0] if found else None

    def timeline(self, scope: Scope, subject: UUID) -> list[TimelineEntry]:
        """Oldest first; what happened at one moment stands as it was written."""
        visible = _visible(scope).where(onboardings.c.id == subject)
        query = (
            sa.select(timeline)
            .where(timeline.c.subject == subject, visible.exists())
            .order_by(timeline.c.at, timeline.c.position)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [TimelineEntry(row.at, row.actor, row.name, row.text) for row in rows]

    def names_taken(self, short_name_key: str, dns_label: str) -> list[str]:
        """The codes of the rules that a new service with these names would break."""
        columns = (onboardings.c.short_name_key, onboardings.c.dns_label)
        living = sa.select(*columns).where(
            onboardings.c.service_type == ServiceType.DIRECT_ROUTING,
            onboardings.c.status.not_in(_ENDED),
            sa.or_(columns[0] == short_name_key, columns[1] == dns_label),
        )
        with self._engine.connect() as connection:
            rows = connection.execute(living).all()
        if any(row.short_name_key == short_name_key for row in rows):
            return ["short_name_taken"]
        return ["dns_label_taken"] if rows else []

    def of_same_tenant(self, scope: Scope, subject: UUID) -> list[Onboarding]:
        """Living ones of other customers that are connected to the same Microsoft 365 tenant."""
        known = onboardings.alias("known")
        other = sa.and_(
            onboardings.c.tenant_id == known.c.tenant_id,
            onboardings.c.customer_id != known.c.customer_id,
            onboardings.c.status.not_in(_ENDED),
        )
        query = _visible(scope).join_from(onboardings, known, other).where(known.c.id == subject)
        return self._all(query)

    def actions(self, scope: Scope, subject: UUID) -> list[Action]:
        """The audit trail: what people did, who it was and from where, oldest first."""
        visible = _visible(scope).where(onboardings.c.id == subject)
        query = (
            sa.select(timeline)
            .where(timeline.c.subject == subject, timeline.c.name == "action", visible.exists())
            .order_by(timeline.c.position)
        )
        with self._engine.connect() as connection:
            rows = connection.execute(query).all()
        return [
            Action(row.at, row.actor, row.data["operator"], row.data.get("from", ""), row.text)
            for row in rows
        ]

    def _all(self, query: sa.Select[Any]) -> list[Onboarding]:
        newest = query.order_by(onboardings.c.ordered_at.desc(), onboardings.c.id.desc())
        with self._engine.connect() as connection:
            rows = connection.execute(newest.limit(PAGE_LIMIT)).all()
        return [self._aggregates.from_state(row.state) for row in rows]


def _visible(scope: Scope) -> sa.Select[Any]:
    query = sa.select(onboardings.c.state).where(onboardings.c.customer_id.is_not(None))
    if scope.customers is None:
        return query
    return query.where(onboardings.c.customer_id.in_(scope.customers))


def _columns(onboarding: Onboarding) -> dict[str, Any]:
    """What pages search by and what has to be unique."""
    order = onboarding.order
    return {
        "status": onboarding.state.value,
        "customer_id": order.customer_id if order else None,
        "service_type": order.service_type if order else None,
        "short_name_key": short_name_key(order.short_name) if order else None,
        "dns_label": dns_label(order.short_name) if order else None,
        "ordered_at": order.at if order else None,
        "waiting_for": onboarding.next_actor.value,
        "search_text": " ".join(words_of(_known_by(onboarding))) if order else None,
        **_known_of_tenant(onboarding),
    }


def _known_of_tenant(onboarding: Onboarding) -> dict[str, Any]:
    """What work lists are sorted and tenants are compared by."""
    verdict, link = onboarding.newest_verdict, onboarding.current_link
    lives = link is not None and onboarding.link_lives and onboarding.is_pending
    return {
        "tenant_id": verdict.tenant.id if verdict else None,
        "attention": attention_of(onboarding) is not None,
        "link_ends_at": link.expires_at if link and lives else None,
        "secret_ends_at": verdict.secret.expires_at if verdict else None,
    }


def _known_by(onboarding: Onboarding) -> Iterator[str]:
    """What people search for."""
    order = onboarding.order
    if order is not None:
        yield from (order.short_name, order.full_name, order.reference, str(onboarding.id))
        yield from (order.customer_name, order.customer_external_id, *order.customer_domains)
        yield from (order.email, onboarding.address)
