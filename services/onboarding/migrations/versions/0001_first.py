"""The first tables of onboarding."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.migrating import create_runtime_tables, drop_runtime_tables

revision = "0001"
down_revision = None

_PENDING = sa.text("status NOT IN ('active', 'cancelled', 'closed')")
_ACTIVE = sa.text("status = 'active'")
_ATTENTION = sa.text("attention")
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


# The words by which a service is found are parted by blanks already (domain/search.py). Only a
# change of them writes any.
_KEEP_WORDS = """
CREATE FUNCTION keep_service_words() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  DELETE FROM service_words WHERE onboarding_id = NEW.id;
  INSERT INTO service_words (word, onboarding_id)
  SELECT DISTINCT word, NEW.id FROM regexp_split_to_table(NEW.search_text, ' ') AS word;
  RETURN NULL;
END $$
"""
# What people did and what happened is written once: an audit trail that is never changed.
_NEVER_CHANGED = """
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the timeline is only ever added to';
END $$
"""
_TIMELINE_STAYS = """
CREATE TRIGGER timeline_stays BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline
FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()
"""
_ON_INSERT = """
CREATE TRIGGER service_words_of_new AFTER INSERT ON onboardings FOR EACH ROW
WHEN (NEW.search_text IS NOT NULL) EXECUTE FUNCTION keep_service_words()
"""
_ON_CHANGE = """
CREATE TRIGGER service_words_of_changed AFTER UPDATE ON onboardings FOR EACH ROW
WHEN (NEW.search_text IS DISTINCT FROM OLD.search_text) EXECUTE FUNCTION keep_service_words()
"""


def upgrade() -> None:
    """Expand."""
    create_runtime_tables(op.execute, op.get_bind())
    _create_customers()
    _create_onboardings()
    _create_lists()
    _create_timeline()
    _create_idempotency_keys()
    op.execute(_AUDIT_ORDERS)


def downgrade() -> None:
    """Back to an empty database."""
    op.execute("DROP VIEW audit_orders")
    op.drop_table("idempotency_keys")
    for table in ("timeline", "service_counts", "service_words", "onboardings", "customers"):
        op.drop_table(table)
    op.execute("DROP FUNCTION keep_service_words")
    op.execute("DROP FUNCTION refuse_change")
    drop_runtime_tables(op.get_bind())


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", UUID(as_uuid=True), primary_key=True),
        sa.Column("external_id", sa.Text, nullable=False, unique=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("domains", JSONB, nullable=False),
        sa.Column("notices", JSONB, nullable=False, server_default="{}"),
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
        sa.Column("waiting_for", sa.Text),
        sa.Column("search_text", sa.Text),
        sa.Column("tenant_id", UUID(as_uuid=True)),
        sa.Column("attention", sa.Boolean, nullable=False, server_default=sa.false()),
        sa.Column("link_ends_at", sa.DateTime(timezone=True)),
        sa.Column("secret_ends_at", sa.DateTime(timezone=True)),
        sa.Index("onboardings_newest", "ordered_at", "id"),
        sa.Index("onboardings_by_name", "short_name_key", "id"),
        sa.Index("onboardings_in_state", "status", "ordered_at", "id"),
        sa.Index("onboardings_in_state_by_name", "status", "short_name_key", "id"),
        sa.Index("onboardings_waiting", "waiting_for", "ordered_at", "id"),
        sa.Index("onboardings_of_customer", "customer_id", "ordered_at", "id"),
        sa.Index("onboardings_pending", "ordered_at", "id", postgresql_where=_PENDING),
        sa.Index("onboardings_of_tenant", "tenant_id"),
        sa.Index("onboardings_attention", "ordered_at", "id", postgresql_where=_ATTENTION),
        sa.Index("onboardings_link_ends", "link_ends_at", "id", postgresql_where=_PENDING),
        sa.Index("onboardings_secret_ends", "secret_ends_at", "id", postgresql_where=_ACTIVE),
    )
    for column, name in (("short_name_key", "short_name_taken"), ("dns_label", "dns_label_taken")):
        op.create_index(
            name, "onboardings", ["service_type", column], unique=True, postgresql_where=_LIVING
        )


def _create_lists() -> None:
    """What lists are searched by, and how many there are."""
    op.create_table(
        "service_words",
        sa.Column("onboarding_id", UUID(as_uuid=True), primary_key=True),
        sa.Column("word", sa.Text(collation="C"), primary_key=True),
        sa.Index("service_words_begin", "word", "onboarding_id"),
    )
    op.create_table(
        "service_counts",
        sa.Column("customer_id", UUID(as_uuid=True)),
        sa.Column("status", sa.Text, nullable=False),
        sa.Column("services", sa.BigInteger, nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Index("service_counts_of", "customer_id", "status"),
    )
    for statement in (_KEEP_WORDS, _ON_INSERT, _ON_CHANGE):
        op.execute(statement)


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
    op.execute(_NEVER_CHANGED)
    op.execute(_TIMELINE_STAYS)


def _create_idempotency_keys() -> None:
    op.create_table(
        "idempotency_keys",
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("status", sa.Integer, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("kept_at", sa.DateTime(timezone=True), server_default=sa.func.now()),
    )
