"""What a list of services shows, page by page, and how it is asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Scope
from onboarding.domain.states import Actor, State

PAGE_SIZE = 50


class Sort(StrEnum):
    """In which order."""

    NEWEST = "newest"
    SHORT_NAME = "short_name"


@dataclass(frozen=True, slots=True)
class Cursor:
    """Behind which row a page begins: the value that the list is sorted by, and the id."""

    value: str
    id: UUID


@dataclass(frozen=True, slots=True)
class Wish:
    """What the caller wants to see; everything that is given narrows the list."""

    words: tuple[str, ...] = ()
    states: tuple[State, ...] = ()
    actor: Actor | None = None
    customer: UUID | None = None
    sort: Sort = Sort.NEWEST
    after: Cursor | None = None
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class Listed:
    """One page; `next` is None on the last one."""

    onboardings: tuple[Onboarding, ...]
    next: Cursor | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many services there are in each state, as of `at`; None before the first count."""

    by_state: dict[State, int]
    at: datetime | None

    @property
    def total(self) -> int:
        """Of all states."""
        return sum(self.by_state.values())


class ServiceList(Protocol):
    """Lists that cost the same whether there are a thousand services or a million."""

    def page(self, scope: Scope, wish: Wish) -> Listed:
        """One page."""
        ...

    def counts(self, scope: Scope) -> Counts:
        """Recomputed by a chore, not by a page."""
        ...
