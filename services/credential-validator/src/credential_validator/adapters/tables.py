"""Credential-validator's own table, beside those of the runtime."""

import sqlalchemy as sa

from tenantlink_runtime.aggregates import aggregate_table

metadata = sa.MetaData()
credentials = aggregate_table(
    "credentials",
    metadata,
    # For the gauges: whether a service uses a secret, and when that ends.
    sa.Column("in_use", sa.Boolean, nullable=False),
    sa.Column("expires_at", sa.DateTime(timezone=True)),
)
