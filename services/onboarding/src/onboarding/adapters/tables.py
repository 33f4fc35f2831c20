"""Onboarding's own tables, beside those of the runtime."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB, UUID

from tenantlink_runtime.aggregates import aggregate_table

metadata = sa.MetaData()

customers = sa.Table(
    "customers",
    metadata,
    sa.Column("id", UUID(as_uuid=True), primary_key=True),
    sa.Column("external_id", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("domains", JSONB),
    sa.Column("notices", JSONB),
)

onboardings = aggregate_table(
    "onboardings",
    metadata,
    sa.Column("status", sa.Text),
    sa.Column("customer_id", UUID(as_uuid=True)),
    sa.Column("service_type", sa.Text),
    sa.Column("short_name_key", sa.Text),
    sa.Column("dns_label", sa.Text),
    sa.Column("ordered_at", sa.DateTime(timezone=True)),
    sa.Column("waiting_for", sa.Text),
    sa.Column("search_text", sa.Text),
    sa.Column("tenant_id", UUID(as_uuid=True)),
    sa.Column("attention", sa.Boolean),
    sa.Column("link_ends_at", sa.DateTime(timezone=True)),
    sa.Column("secret_ends_at", sa.DateTime(timezone=True)),
)

# Kept by the database itself, from `search_text`: whoever saves an onboarding saves its words.
service_words = sa.Table(
    "service_words",
    metadata,
    sa.Column("word", sa.Text(collation="C")),
    sa.Column("onboarding_id", UUID(as_uuid=True)),
)

# One row for each state and customer; with `customer_id` null, for each state alone.
service_counts = sa.Table(
    "service_counts",
    metadata,
    sa.Column("customer_id", UUID(as_uuid=True)),
    sa.Column("status", sa.Text),
    sa.Column("services", sa.BigInteger),
    sa.Column("counted_at", sa.DateTime(timezone=True)),
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("digest", sa.Text),
    sa.Column("status", sa.Integer),
    sa.Column("answer", sa.Text),
    sa.Column("kept_at", sa.DateTime(timezone=True)),
)

timeline = sa.Table(
    "timeline",
    metadata,
    sa.Column("position", sa.BigInteger, sa.Identity(always=True), primary_key=True),
    sa.Column("subject", UUID(as_uuid=True)),
    sa.Column("at", sa.DateTime(timezone=True)),
    sa.Column("actor", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("text", sa.Text),
    sa.Column("data", JSONB),
)
