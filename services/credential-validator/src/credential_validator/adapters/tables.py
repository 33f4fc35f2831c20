"""Credential-validator's own table, beside those of the runtime."""

import sqlalchemy as sa

from tenantlink_runtime.aggregates import aggregate_table

metadata = sa.MetaData()
credentials = aggregate_table("credentials", metadata)
