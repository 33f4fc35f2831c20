"""Credentials in PostgreSQL."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa

from credential_validator.adapters.tables import credentials
from credential_validator.domain.credentials import Credentials
from tenantlink_runtime.aggregates import StoredAggregates


def stored_credentials() -> StoredAggregates[Credentials]:
    """How the flow of events loads and saves them."""
    return StoredAggregates(credentials, Credentials, Credentials, _columns)


def _columns(aggregate: Credentials) -> dict[str, Any]:
    in_use = aggregate.in_use
    return {"in_use": in_use is not None, "expires_at": in_use.expires_at if in_use else None}


class SqlCredentials:
    """A look at one credentials, in a transaction of its own."""

    def __init__(self, engine: sa.Engine, aggregates: StoredAggregates[Credentials]) -> None:
        self._engine = engine
        self._aggregates = aggregates

    def find(self, subject: UUID) -> Credentials | None:
        """None where nothing is known."""
        with self._engine.connect() as connection:
            return self._aggregates.find(connection, subject)
