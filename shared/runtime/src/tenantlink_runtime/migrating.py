"""Brings a service's database to the version of its code. Run by `SERVICE migrate`, as a job."""

from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

from tenantlink_runtime import inbox, tables
from tenantlink_runtime.clock import utc_now

_LOCK = 0x7E4A_4711

_VACUUMED_EARLY = (
    "autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 500, "
    "autovacuum_vacuum_cost_delay = 0"
)

# For whoever checks from outside that a service has nothing left to do.
_AUDIT_BACKLOG = """
CREATE VIEW audit_backlog AS
SELECT (SELECT count(*) FROM outbox) AS unsent,
       (SELECT count(*) FROM jobs WHERE due_at <= now()) AS jobs_due,
       (SELECT count(*) FROM parked WHERE status = 'parked') AS parked,
       (SELECT count(*) FROM parked WHERE status = 'dead') AS dead
"""


def migrate(folder: Path, database_url: str) -> None:
    """Upgrade to the newest version; two jobs at once wait for each other."""
    engine = sa.create_engine(database_url)
    config = Config()
    config.set_main_option("script_location", str(folder))
    with engine.begin() as connection:
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def run_env() -> None:
    """What every service's `migrations/env.py` does."""
    context.configure(connection=context.config.attributes["connection"])
    with context.begin_transaction():
        context.run_migrations()


def create_runtime_tables(create: Callable[..., object], bind: sa.Connection) -> None:
    """The first migration of every service calls this: inbox, outbox, parked, jobs, and a view.

    The outbox and the jobs are emptied as fast as they fill, so they are vacuumed early and without
    pauses. Jobs are changed in place when they are leased, which needs room on their page.
    """
    tables.metadata.create_all(bind)
    inbox.keep_partitions(bind, utc_now())
    for busy, fill in (("outbox", 100), ("jobs", 70)):
        create(f"ALTER TABLE {busy} SET ({_VACUUMED_EARLY}, fillfactor = {fill})")
    create(_AUDIT_BACKLOG)


def drop_runtime_tables(bind: sa.Connection) -> None:
    """The way back of `create_runtime_tables`."""
    bind.execute(sa.text("DROP VIEW audit_backlog"))
    tables.metadata.drop_all(bind)
