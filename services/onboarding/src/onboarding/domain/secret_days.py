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
ADVICE: dict[Urgency, str] = {
    "none": "",
    "fine": "nothing to do",
    "notice": "plan a new secret",
    "soon": "a new secret is needed soon",
    "urgent": "a new secret is needed now",
    "ended": "the secret has ended; a new one is needed now",
}


@dataclass(frozen=True, slots=True)
class SecretDays:
    """`text` stands on the page; `urgency` colours it and `advice` says the same in words."""

    text: str
    urgency: Urgency = "none"

    @property
    def advice(self) -> str:
        """What the colour says, for those who do not see it."""
        return ADVICE[self.urgency]


def secret_days(onboarding: Onboarding, now: datetime) -> SecretDays:
    """'not set yet' before the first secret, 'unknown' with the permission that would tell."""
    verdict = onboarding.newest_verdict
    if verdict is None:
        return SecretDays("not set yet")
    left = onboarding.days_left(now)
    if left is None:
        permission = verdict.secret.needs_permission
        return SecretDays(f"unknown: grant {permission}" if permission else "unknown")
    if left < 0:
        return SecretDays(f"expired {-left} days ago", "ended")
    ambiguous = verdict.secret.expiry_source is ExpirySource.GRAPH_AMBIGUOUS
    return SecretDays(f"{left}{' (the earliest of several)' * ambiguous}", urgency_of(left))


def urgency_of(days: int) -> Urgency:
    """How soon somebody has to act."""
    return next((name for limit, name in THRESHOLDS if days < limit), "fine")
