"""The first tables of invitation."""

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
        "invitations",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("state", JSONB, nullable=False),
    )
    op.create_table(
        "links",
        sa.Column("token_hash", sa.Text, primary_key=True),
        sa.Column("subject", UUID(as_uuid=True), nullable=False),
        sa.Column("round", sa.Integer, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("links_subject", "subject"),
    )


def downgrade() -> None:
    """Back to an empty database."""
    op.drop_table("links")
    op.drop_table("invitations")
    drop_runtime_tables(op.get_bind())
