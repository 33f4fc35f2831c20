"""A message as it arrived, before anybody has tried to understand it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Delivery:
    """`body` is bytes as sent.

    `returns` says how often the broker has taken it back from a reader that did not settle it.
    `parked_id` and `attempts` belong to a message that comes out of the table of parked ones:
    which row it is, and which try this is.
    """

    queue: str
    content_type: str | None
    headers: Mapping[str, Any]
    body: bytes
    redelivered: bool = False
    returns: int = 0
    parked_id: UUID | None = None
    attempts: int = 1
