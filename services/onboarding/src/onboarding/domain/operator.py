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


def highest_role(claim: object) -> Role | None:
    """The highest of our roles that the claim `roles` names, or None where it names none.

    The claim is a list of names, or one name; whatever else stands in it names no role.
    """
    claimed = [claim] if isinstance(claim, str) else claim if isinstance(claim, list) else []
    names = {each.upper() for each in claimed if isinstance(each, str)}
    return max((role for role in Role if role.name in names), default=None)
