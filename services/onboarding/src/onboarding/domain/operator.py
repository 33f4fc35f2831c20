"""Who works in the console, and what they may see and do."""

from dataclasses import dataclass
from enum import IntEnum
from uuid import UUID


class Role(IntEnum):
    """From the identity provider's claim `roles`; the highest one counts."""

    VIEWER = 1
    OPERATOR = 2
    ADMINISTRATOR = 3


@dataclass(frozen=True, slots=True)
class Operator:
    """Somebody who is logged in. `subject` is the identity provider's id of them."""

    subject: str
    name: str
    email: str
    role: Role

    @property
    def may_act(self) -> bool:
        """Viewers look only."""
        return self.role >= Role.OPERATOR


@dataclass(frozen=True, slots=True)
class Scope:
    """Which customers the caller may see; `customers` is None for all of them."""

    customers: frozenset[UUID] | None = None

    @classmethod
    def everything(cls) -> "Scope":
        """All customers."""
        return cls(None)

    def covers(self, customer_id: UUID) -> bool:
        """Whether a customer may be seen."""
        return self.customers is None or customer_id in self.customers


def highest_role(claims: list[str]) -> Role | None:
    """The highest role that the claim names, or None where it names none of ours."""
    known = [Role[claim.upper()] for claim in claims if claim.upper() in Role.__members__]
    return max(known) if known else None
