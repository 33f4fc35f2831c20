"""A message as it arrived, before anybody has tried to understand it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Delivery:
    """`body` is bytes as sent; `redelivered` says the broker has offered it before."""

    queue: str
    content_type: str | None
    headers: Mapping[str, Any]
    body: bytes
    redelivered: bool = False
    attempts: int = 0
