"""The first tables of invitation."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.migrating import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None

# For whoever checks from outside that every invitation has one link that lives, or none.
_AUDIT_INVITATIONS = """
CREATE VIEW audit_invitations AS
SELECT id, (state #>> '{round,number}')::int AS round,
       (SELECT count(*) FROM jsonb_array_elements(state -> 'links') AS link
        WHERE link ->> 'kind' = 'wizard'
          AND (state #>> '{round,expires_at}')::timestamptz > now()) AS live_links
FROM invitations
"""


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
        sa.Column("kind", sa.Text, nullable=False),
        sa.Index("links_subject", "subject"),
    )
    op.execute(_AUDIT_INVITATIONS)


def downgrade() -> None:
    """Back to an empty database."""
    op.execute("DROP VIEW audit_invitations")
    op.drop_table("links")
    op.drop_table("invitations")
    drop_runtime_tables(op.get_bind())
