"""The tables that every service's database has beside its own."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

metadata = sa.MetaData()

_NOW = sa.text("now()")

INBOX_OTHER = "inbox_other"

inbox = sa.Table(
    "inbox",
    metadata,
    sa.Column("event_id", UUID(as_uuid=True), primary_key=True),
    sa.Column("source", sa.Text, primary_key=True),
    sa.Column("received_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
    postgresql_partition_by="RANGE (event_id)",
)
sa.event.listen(
    inbox,
    "after_create",
    sa.DDL(f"CREATE TABLE {INBOX_OTHER} PARTITION OF inbox DEFAULT"),  # type: ignore[no-untyped-call]
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("exchange", sa.Text, nullable=False),
    sa.Column("routing_key", sa.Text, nullable=False),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
)

parked = sa.Table(
    "parked",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("status", sa.Text, nullable=False),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("content_type", sa.Text),
    sa.Column("headers", JSONB, nullable=False),
    sa.Column("body", sa.LargeBinary, nullable=False),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False),
    sa.Column("first_seen", sa.DateTime(timezone=True), server_default=_NOW, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True)),
    sa.CheckConstraint("status IN ('parked', 'dead')", name="parked_status"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("subject", UUID(as_uuid=True), nullable=False),
    sa.Column("slot", sa.Text, nullable=False),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("target", sa.Text, nullable=False),
    sa.Column("data", JSONB, nullable=False),
    sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("lease_token", UUID(as_uuid=True)),
    sa.Column("leased_until", sa.DateTime(timezone=True)),
    sa.Column("traceparent", sa.Text),
    sa.UniqueConstraint("kind", "subject", "slot", name="jobs_one_per_slot"),
    sa.Index("jobs_due", "kind", "due_at"),
)
