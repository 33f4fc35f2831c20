"""Alembic's entry; the same for every service."""

from tenantlink_runtime.migrating import run_env

run_env()
