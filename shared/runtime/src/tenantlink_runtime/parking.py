"""Messages that could not be handled, kept in the service's own database until somebody decides.

`parked` rows are tried again by themselves; `dead` rows wait for a person. Bodies are kept here
and never logged.
"""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from tenantlink_runtime import metrics
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.tables import parked

MAX_ATTEMPTS = 5
RETRY_AFTER = timedelta(seconds=30)


def park(connection: sa.Connection, delivery: Delivery, reason: str) -> None:
    """An unexpected error: try again after 30 s, at most 5 times, then it is dead."""
    attempts = delivery.attempts + 1
    status = "parked" if attempts < MAX_ATTEMPTS else "dead"
    _insert(connection, delivery, reason, status, attempts)


def bury(connection: sa.Connection, delivery: Delivery, reason: str) -> None:
    """A permanent error: nothing will change by waiting."""
    _insert(connection, delivery, reason, "dead", delivery.attempts + 1)


def retry_due(engine: sa.Engine, run: Callable[[Delivery], None]) -> int:
    """Try each parked message that is due once more; how many were.

    The row stays locked during the try and goes afterwards, so a crash keeps it (and the inbox
    absorbs the repetition); a new failure parks the message again with one attempt more.
    """
    tried = 0
    while True:
        with engine.begin() as connection:
            row = connection.execute(_next_due()).first()
            if row is None:
                return tried
            run(_delivery(row))
            connection.execute(parked.delete().where(parked.c.id == row.id))
        tried += 1


def _insert(
    connection: sa.Connection, delivery: Delivery, reason: str, status: str, attempts: int
) -> None:
    connection.execute(
        parked.insert().values(
            id=new_id(),
            status=status,
            queue=delivery.queue,
            content_type=delivery.content_type,
            headers=_storable(delivery.headers),
            body=delivery.body,
            reason=reason[:2000].replace("\x00", ""),
            attempts=attempts,
            due_at=utc_now() + RETRY_AFTER if status == "parked" else None,
        )
    )
    metrics.MESSAGES_SET_ASIDE.labels(status).inc()


def _storable(headers: Any) -> dict[str, str]:
    """Headers as text; the broker's own `x-` headers stay out, they must not be sent again."""
    return {
        str(name): str(value).replace("\x00", "")
        for name, value in headers.items()
        if not str(name).startswith("x-")
    }


def _next_due() -> sa.Select[Any]:
    return (
        sa.select(parked)
        .where(parked.c.status == "parked", parked.c.due_at <= sa.func.now())
        .order_by(parked.c.due_at)
        .limit(1)
        .with_for_update(skip_locked=True)
    )


def _delivery(row: Any) -> Delivery:
    return Delivery(
        queue=row.queue,
        content_type=row.content_type,
        headers=row.headers,
        body=bytes(row.body),
        redelivered=True,
        attempts=row.attempts,
    )
