"""The first tables of notifier."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.migrating import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None

# For whoever checks from outside what became of an onboarding's newest invitation.
_AUDIT_MAILS = """
CREATE VIEW audit_mails AS
SELECT id, (state ->> 'fate_round')::int AS round, state ->> 'fate' AS fate
FROM correspondences
"""


def upgrade() -> None:
    """Expand."""
    create_runtime_tables(op.execute, op.get_bind())
    op.create_table(
        "correspondences",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("state", JSONB, nullable=False),
    )
    op.create_index(
        "correspondences_letters",
        "correspondences",
        [sa.text("(state -> 'letters') jsonb_path_ops")],
        postgresql_using="gin",
    )
    op.execute(_AUDIT_MAILS)


def downgrade() -> None:
    """Back to an empty database."""
    op.execute("DROP VIEW audit_mails")
    op.drop_table("correspondences")
    drop_runtime_tables(op.get_bind())
