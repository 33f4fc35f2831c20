"""Why an operator should look at a service that exists: a flag, never another state."""

from dataclasses import dataclass

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import State

OPERATOR_DAYS = 14


@dataclass(frozen=True, slots=True)
class Attention:
    """What is wrong, and what mends it. `key` tells one trouble from another, so that each is told
    once; `days_left` until the secret ends, from when it was told, where that is the trouble."""

    key: tuple[str, ...]
    title: str
    remedy: str
    days_left: int | None = None


def attention_of(onboarding: Onboarding) -> Attention | None:
    """The most urgent trouble of an active service; None where all is well."""
    if onboarding.state is not State.ACTIVE:
        return None
    return _withdrawn(onboarding) or _not_valid(onboarding) or _ending(onboarding)


def _withdrawn(onboarding: Onboarding) -> Attention | None:
    proven = onboarding.proven
    used = onboarding.creation.revision if onboarding.creation else 0
    if proven is not None and proven.revision >= used:
        return None
    return Attention(
        ("withdrawn", str(used)),
        "The registration was withdrawn",
        "The administrator says that it is of the wrong organisation. Ask for another one with "
        "Re-initiate Authentication Flow.",
    )


def _not_valid(onboarding: Onboarding) -> Attention | None:
    proven, answer = onboarding.proven, onboarding.validation
    if proven is None or answer is None or answer.problem is None or answer.problem.passing:
        return None
    if answer.revision < proven.revision:
        return None
    key = ("validation", str(answer.revision), answer.problem.code)
    return Attention(key, answer.problem.title, answer.problem.remedy)


def _ending(onboarding: Onboarding) -> Attention | None:
    proven, expiring = onboarding.proven, onboarding.expiring
    if proven is None or expiring is None or expiring.threshold > OPERATOR_DAYS:
        return None
    if expiring.revision < proven.revision:
        return None
    title = f"The client secret ends on {expiring.expires_at:%d %b %Y}"
    return Attention(
        ("expiring", str(expiring.revision), str(expiring.threshold)),
        title if expiring.threshold else "The client secret has ended",
        "The administrator was sent a link for a new secret. Make sure that they use it.",
        max(0, (expiring.expires_at - expiring.at).days),
    )
