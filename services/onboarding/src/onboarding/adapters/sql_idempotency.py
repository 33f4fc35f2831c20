"""What was answered under an Idempotency-Key, in PostgreSQL; kept for a week."""

import hashlib
import json
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from onboarding.adapters.tables import idempotency_keys
from onboarding.app.ports import FirstAnswer

KEPT = timedelta(days=7)


class SqlIdempotency:
    """Each call is a short transaction of its own: ordering twice under one key is one order
    anyway, so that nothing has to be locked here."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine

    def find(self, caller: str, key: str, content: object) -> FirstAnswer | None:
        """The first answer under this key, and whether it was to the same content."""
        table = idempotency_keys
        query = sa.select(table).where(table.c.caller == caller, table.c.key == key)
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return FirstAnswer(row.status, row.answer, row.digest == _digest(content))

    def keep(self, caller: str, key: str, content: object, status: int, answer: str) -> None:
        """The first answer stays."""
        row = {
            "caller": caller,
            "key": key,
            "digest": _digest(content),
            "status": status,
            "answer": answer,
        }
        with self._engine.begin() as connection:
            connection.execute(insert(idempotency_keys).values(row).on_conflict_do_nothing())


def forget_old(connection: sa.Connection) -> None:
    """A key may be used again after a week."""
    old = idempotency_keys.c.kept_at < sa.func.now() - KEPT
    connection.execute(idempotency_keys.delete().where(old))


def _digest(content: Any) -> str:
    """Of the content's meaning, not of its blanks or the order of its keys."""
    plain = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(plain.encode()).hexdigest()
