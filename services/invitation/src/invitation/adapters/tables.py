"""Invitation's own tables, beside those of the runtime."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from tenantlink_runtime.aggregates import aggregate_table

metadata = sa.MetaData()
invitations = aggregate_table("invitations", metadata)
links = sa.Table(
    "links",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("subject", UUID(as_uuid=True), nullable=False),
    sa.Column("round", sa.Integer, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
)
