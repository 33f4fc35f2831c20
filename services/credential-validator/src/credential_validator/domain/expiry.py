"""When a secret ends, read from the list of password credentials that Graph gives.

Graph never tells a secret, only its first three characters (`hint`); several secrets of one
registration may share them. Then the earliest end is told, marked as ambiguous: never too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tenantlink_contracts.values import ExpirySource, SecretInfo

READ_APPLICATIONS = "Application.Read.All"

# Days before the end of a secret at which it is told, the last first.
THRESHOLDS = (0, 1, 7, 14, 30, 60)


@dataclass(frozen=True, slots=True)
class PasswordCredential:
    """What Graph tells of a secret; `hint` is missing for secrets made by old tools."""

    hint: str | None
    starts_at: datetime
    ends_at: datetime


def secret_info(
    hint: str,
    credentials: Sequence[PasswordCredential] | None,
    now: datetime,
    declared: datetime | None = None,
) -> SecretInfo:
    """What may be shown of a secret; `credentials` is None where Graph may not be asked.

    An end that somebody has `declared` counts where Graph tells none, and is marked as such.
    """
    needs = READ_APPLICATIONS if credentials is None else None
    candidates = _candidates(hint, credentials or (), now)
    if candidates:
        source = ExpirySource.GRAPH if len(candidates) == 1 else ExpirySource.GRAPH_AMBIGUOUS
        earliest = min(each.ends_at for each in candidates)
        return SecretInfo(hint=hint, expires_at=earliest, expiry_source=source)
    if declared is None:
        return SecretInfo(hint=hint, needs_permission=needs)
    return SecretInfo(
        hint=hint,
        expires_at=declared if declared.tzinfo else declared.replace(tzinfo=UTC),
        expiry_source=ExpirySource.DECLARED,
        needs_permission=needs,
    )


def _candidates(
    hint: str, credentials: Sequence[PasswordCredential], now: datetime
) -> list[PasswordCredential]:
    living = [each for each in credentials if each.starts_at <= now < each.ends_at]
    matching = [each for each in living if each.hint == hint]
    return matching or [each for each in living if each.hint is None]


def passed_threshold(ends_at: datetime, now: datetime) -> int | None:
    """The smallest number of days of `THRESHOLDS` that is not left any more; None before all."""
    return next((days for days in THRESHOLDS if ends_at - now <= timedelta(days=days)), None)


def next_threshold_at(ends_at: datetime, now: datetime) -> datetime | None:
    """When the next of `THRESHOLDS` is passed; None after the last."""
    moments = (ends_at - timedelta(days=days) for days in reversed(THRESHOLDS))
    return next((moment for moment in moments if moment > now), None)
