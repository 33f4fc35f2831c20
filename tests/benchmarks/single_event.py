"""The SQL of one event in one transaction, for contenders that take events one by one.

SQLAlchemy Core, compiled once and cached, the cheapest form SQLAlchemy has. The aggregate's state
travels as text, and only the columns that change are written.
"""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, insert

from onboarding.adapters.tables import onboardings
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime.tables import inbox, outbox
from tests.benchmarks import case

ACCEPT = insert(inbox).on_conflict_do_nothing().returning(inbox.c.event_id)
LOCK = (
    sa.select(sa.cast(onboardings.c.state, sa.Text))
    .where(onboardings.c.id == sa.bindparam("subject"))
    .with_for_update()
)
SAVE = (
    onboardings.update()
    .where(onboardings.c.id == sa.bindparam("subject"))
    .values(
        state=sa.cast(sa.bindparam("given_state", type_=sa.Text), JSONB),
        status=sa.bindparam("given_status"),
    )
)
RECORD = outbox.insert().inline()
NEXT = (
    sa.select(outbox)
    .order_by(outbox.c.position)
    .limit(case.RELAY_LIMIT)
    .with_for_update(skip_locked=True)
)
SENT = outbox.delete().where(
    outbox.c.position == sa.any_(sa.bindparam("positions", type_=ARRAY(sa.BigInteger)))
)


def key_of(event: Event[Fact]) -> dict[str, Any]:
    """What the inbox knows of an event."""
    return {"source": event.source, "event_id": event.id}


def saved(effect: case.Effect) -> dict[str, Any]:
    """The parameters of SAVE."""
    return {
        "subject": effect.subject,
        "given_state": effect.state,
        "given_status": effect.status,
    }


def recorded(effect: case.Effect) -> dict[str, Any]:
    """The parameters of RECORD."""
    return {
        "exchange": case.PUBLISHED_TO,
        "routing_key": case.ROUTING_KEY,
        "headers": effect.headers,
        "body": effect.body,
    }


def sent(rows: Sequence[Any]) -> dict[str, list[int]]:
    """The parameters of SENT."""
    return {"positions": [row.position for row in rows]}
