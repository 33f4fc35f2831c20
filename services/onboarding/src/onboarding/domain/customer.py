"""A customer of the service provider."""

import re
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Customer:
    """`external_id` is the provider's own number of the customer; it never changes."""

    id: UUID
    external_id: str
    name: str
    domains: tuple[str, ...] = ()


def external_id_for(name: str) -> str:
    """A readable number for a customer whose provider has given none."""
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60] or "customer"


def domains_in(text: str) -> tuple[str, ...]:
    """The domains somebody has typed, separated by blanks, commas or lines."""
    return tuple(dict.fromkeys(each.lower() for each in re.split(r"[\s,;]+", text) if each))
