"""Messages that could not be handled, kept in the service's own database until somebody decides.

`parked` rows are tried again by themselves; `dead` rows wait for a person. Bodies are kept here
and never logged. A row's id follows from the message, so one that comes twice stands here once.
"""

import hashlib
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any
from uuid import NAMESPACE_OID, UUID, uuid5

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from tenantlink_runtime import metrics
from tenantlink_runtime.bulk import any_of
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.tables import parked

MAX_ATTEMPTS = 5
RETRY_AFTER = timedelta(seconds=30)
_REASON_CHARACTERS = 2000
_FORGET = parked.delete().where(any_of(parked.c.id, "ids"))


def park(connection: sa.Connection, delivery: Delivery, reason: str) -> None:
    """An unexpected error: try again after 30 s, at most 5 times, then it is dead."""
    status = "parked" if delivery.attempts < MAX_ATTEMPTS else "dead"
    _set_aside(connection, delivery, reason, status)


def bury(connection: sa.Connection, delivery: Delivery, reason: str) -> None:
    """A permanent error: nothing will change by waiting."""
    _set_aside(connection, delivery, reason, "dead")


def forget(connection: sa.Connection, deliveries: Sequence[Delivery]) -> None:
    """Those that came out of this table are settled now, in the transaction of their effect."""
    ids = [each.parked_id for each in deliveries if each.parked_id is not None]
    if ids:
        connection.execute(_FORGET, {"ids": ids})


def retry_due(engine: sa.Engine, run: Callable[[Delivery], None], queue: str | None = None) -> int:
    """Try each parked message (of a queue) that is due once more; how many were.

    A try is counted before it is made, in a transaction of its own, so a message that kills the
    process that tries it is dead after five tries, too. `run` forgets the row or sets it aside.
    """
    tried = 0
    while True:
        with engine.begin() as connection:
            connection.execute(_give_up(queue))
            row = connection.execute(_claim(queue)).first()
        if row is None:
            return tried
        metrics.PARKED_TRIES.inc()
        run(_delivery(row))
        tried += 1


def _set_aside(connection: sa.Connection, delivery: Delivery, reason: str, status: str) -> None:
    fate = {
        "status": status,
        "reason": reason[:_REASON_CHARACTERS].replace("\x00", ""),
        "attempts": delivery.attempts,
        "due_at": utc_now() + RETRY_AFTER if status == "parked" else None,
    }
    if delivery.parked_id is None:
        connection.execute(_first_time(delivery, fate))
    else:
        connection.execute(parked.update().where(parked.c.id == delivery.parked_id).values(fate))
    metrics.MESSAGES_SET_ASIDE.labels(status).inc()


def _first_time(delivery: Delivery, fate: dict[str, Any]) -> sa.Executable:
    statement = insert(parked).values(
        id=_row_id(delivery),
        queue=delivery.queue,
        content_type=delivery.content_type,
        headers=_storable(delivery.headers),
        body=delivery.body,
        **fate,
    )
    return statement.on_conflict_do_nothing(index_elements=["id"])


def _row_id(delivery: Delivery) -> UUID:
    headers = sorted(_storable(delivery.headers).items())
    digest = hashlib.sha256(delivery.body).hexdigest()
    return uuid5(NAMESPACE_OID, f"{delivery.queue} {delivery.content_type} {headers} {digest}")


def _storable(headers: Any) -> dict[str, str]:
    """Headers as text; the broker's own `x-` headers stay out, they must not be sent again."""
    return {
        str(name): str(value).replace("\x00", "")
        for name, value in headers.items()
        if not str(name).startswith("x-")
    }


def _due(queue: str | None) -> sa.ColumnElement[bool]:
    due = sa.and_(parked.c.status == "parked", parked.c.due_at <= sa.func.now())
    return due if queue is None else sa.and_(due, parked.c.queue == queue)


def _give_up(queue: str | None) -> sa.Update:
    """What is due again after its last try has killed the process that made it."""
    dead = {"status": "dead", "due_at": None, "reason": "ended the process that tried it"}
    return parked.update().where(_due(queue), parked.c.attempts >= MAX_ATTEMPTS).values(dead)


def _claim(queue: str | None) -> sa.Executable:
    """The row that is due first, with this try counted and the next one put off."""
    first = (
        sa.select(parked.c.id)
        .where(_due(queue))
        .order_by(parked.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    counted = {"attempts": parked.c.attempts + 1, "due_at": sa.func.now() + RETRY_AFTER}
    return parked.update().where(parked.c.id == first).values(counted).returning(parked)


def _delivery(row: Any) -> Delivery:
    return Delivery(
        queue=row.queue,
        content_type=row.content_type,
        headers=row.headers,
        body=bytes(row.body),
        redelivered=True,
        parked_id=row.id,
        attempts=row.attempts,
    )
