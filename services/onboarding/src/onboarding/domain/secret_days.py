"""Client Secret Days Until Expire: the number, the words, and how urgent it is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from onboarding.domain.onboarding import Onboarding
from tenantlink_contracts.values import ExpirySource

Urgency = Literal["none", "fine", "notice", "soon", "urgent", "ended"]
THRESHOLDS: tuple[tuple[int, Urgency], ...] = (
    (0, "ended"),
    (7, "urgent"),
    (30, "soon"),
    (60, "notice"),
)


@dataclass(frozen=True, slots=True)
class SecretDays:
    """`text` stands on the page; `urgency` colours it."""

    text: str
    urgency: Urgency = "none"


def secret_days(onboarding: Onboarding, now: datetime) -> SecretDays:
    """'not set yet' before the first secret, 'unknown' with what would tell."""
    verdict = onboarding.newest_verdict
    if verdict is None:
        return SecretDays("not set yet")
    left = onboarding.days_left(now)
    if left is None:
        permission = verdict.secret.needs_permission
        return SecretDays(f"unknown: grant {permission}" if permission else "unknown")
    urgency = _urgency(left)
    if left < 0:
        return SecretDays(f"expired {-left} days ago", urgency)
    marks = {ExpirySource.GRAPH_AMBIGUOUS: " (the earliest of several)"}
    return SecretDays(f"{left}{marks.get(verdict.secret.expiry_source, '')}", urgency)


def _urgency(left: int) -> Urgency:
    return next((name for days, name in THRESHOLDS if left < days), "fine")
