"""The `tenantlink` command."""
