"""When a secret ends, read from the list of password credentials that Graph gives.

Graph never tells a secret, only its first three characters (`hint`); several secrets of one
registration may share them. Then the earliest end is told, marked as ambiguous: never too late.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tenantlink_contracts.values import ExpirySource, SecretInfo

READ_APPLICATIONS = "Application.Read.All"


@dataclass(frozen=True, slots=True)
class PasswordCredential:
    """What Graph tells of a secret; `hint` is missing for secrets made by old tools."""

    hint: str | None
    starts_at: datetime
    ends_at: datetime


def secret_info(
    hint: str, credentials: Sequence[PasswordCredential] | None, now: datetime
) -> SecretInfo:
    """What may be shown of a secret; `credentials` is None where Graph may not be asked."""
    if credentials is None:
        return SecretInfo(hint=hint, needs_permission=READ_APPLICATIONS)
    living = [each for each in credentials if each.starts_at <= now < each.ends_at]
    matching = [each for each in living if each.hint == hint]
    candidates = matching or [each for each in living if each.hint is None]
    if not candidates:
        return SecretInfo(hint=hint)
    source = ExpirySource.GRAPH if len(candidates) == 1 else ExpirySource.GRAPH_AMBIGUOUS
    earliest = min(each.ends_at for each in candidates)
    return SecretInfo(hint=hint, expires_at=earliest, expiry_source=source)
