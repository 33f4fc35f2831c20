"""The first tables of credential-validator."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.migrating import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Expand."""
    create_runtime_tables(op.execute, op.get_bind())
    op.create_table(
        "credentials",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("state", JSONB, nullable=False),
    )


def downgrade() -> None:
    """Back to an empty database."""
    op.drop_table("credentials")
    drop_runtime_tables(op.get_bind())
