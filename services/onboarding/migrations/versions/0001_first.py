"""The first tables of onboarding."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.migrating import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None

_PENDING = sa.text("status NOT IN ('active', 'cancelled')")
_LIVING = sa.text("status NOT IN ('cancelled', 'closed')")

# For whoever checks from outside that no accepted order is lost or served twice.
_AUDIT_ORDERS = """
CREATE VIEW audit_orders AS
SELECT id, status, ordered_at,
       state #>> '{order,reference}' AS reference,
       state #>> '{order,short_name}' AS short_name,
       (state ->> 'asked_round')::int AS rounds,
       jsonb_array_length(state -> 'sent_mails') AS mails
FROM onboardings
"""


def upgrade() -> None:
    """Expand."""
    create_runtime_tables(op.execute, op.get_bind())
    _create_customers()
    _create_onboardings()
    _create_timeline()
    op.execute(_AUDIT_ORDERS)


def downgrade() -> None:
    """Back to an empty database."""
    op.execute("DROP VIEW audit_orders")
    for table in ("timeline", "onboardings", "customers"):
        op.drop_table(table)
    drop_runtime_tables(op.get_bind())


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("external_id", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("domains", JSONB, nullable=False),
    )


def _create_onboardings() -> None:
    """A name is taken while its service lives; the rules about it are enforced here, too."""
    op.create_table(
        "onboardings",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("state", JSONB, nullable=False),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("customer_id", UUID(as_uuid=True), sa.ForeignKey("customers.id")),
        sa.Column("service_type", sa.Text),
        sa.Column("short_name_key", sa.Text),
        sa.Column("dns_label", sa.Text),
        sa.Column("ordered_at", sa.DateTime(timezone=True)),
        sa.Index("onboardings_newest", "ordered_at", "id"),
        sa.Index("onboardings_pending", "ordered_at", "id", postgresql_where=_PENDING),
    )
    for column, name in (("short_name_key", "short_name_taken"), ("dns_label", "dns_label_taken")):
        op.create_index(
            name, "onboardings", ["service_type", column], unique=True, postgresql_where=_LIVING
        )


def _create_timeline() -> None:
    op.create_table(
        "timeline",
        sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("subject", UUID(as_uuid=True), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("data", JSONB, nullable=False),
        sa.Index("timeline_subject", "subject", "position"),
    )
