"""What is worth knowing of a registration that works: warnings, no refusals."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from tenantlink_contracts.values import Finding, Permissions, SecretInfo, Tenant

SOON = timedelta(days=30)


def findings(
    tenant: Tenant,
    secret: SecretInfo,
    permissions: Permissions,
    expected_domains: Sequence[str],
    now: datetime,
) -> tuple[str, ...]:
    """In the order of `Finding`."""
    ends_at = secret.expires_at
    found = {
        Finding.DOMAIN_MISMATCH: not _is_verified(tenant.domains, expected_domains),
        Finding.EXPIRY_UNKNOWN: ends_at is None,
        Finding.EXPIRES_SOON: ends_at is not None and ends_at - now <= SOON,
        Finding.PERMISSIONS_EXCESS: bool(permissions.excess),
        Finding.PERMISSIONS_MISSING: bool(permissions.missing),
    }
    return tuple(finding for finding, is_true in found.items() if is_true)


def _is_verified(verified: Sequence[str], expected: Sequence[str]) -> bool:
    """Whether one of the expected domains is a verified one, or below it; also where none is
    expected."""
    roots = [domain.lower() for domain in verified]
    wanted = [domain.lower().rstrip(".") for domain in expected]
    below = (each == root or each.endswith(f".{root}") for each in wanted for root in roots)
    return not wanted or any(below)
