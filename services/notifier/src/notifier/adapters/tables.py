"""Notifier's own table, beside those of the runtime."""

import sqlalchemy as sa

from tenantlink_runtime.aggregates import aggregate_table

metadata = sa.MetaData()
correspondences = aggregate_table("correspondences", metadata)
