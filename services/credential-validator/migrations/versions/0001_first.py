"""The first tables of credential-validator."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.migrating import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None

# For whoever checks from outside that an onboarding's credentials are kept once, or shredded.
_AUDIT_CREDENTIALS = """
CREATE VIEW audit_credentials AS
SELECT id, jsonb_array_length(state -> 'proven') AS kept
FROM credentials
"""


def upgrade() -> None:
    """Expand."""
    create_runtime_tables(op.execute, op.get_bind())
    op.create_table(
        "credentials",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("state", JSONB, nullable=False),
        sa.Column("in_use", sa.Boolean, nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
    )
    op.create_index(
        "credentials_in_use", "credentials", ["expires_at"], postgresql_where=sa.text("in_use")
    )
    op.execute(_AUDIT_CREDENTIALS)


def downgrade() -> None:
    """Back to an empty database."""
    op.execute("DROP VIEW audit_credentials")
    op.drop_table("credentials")
    drop_runtime_tables(op.get_bind())
