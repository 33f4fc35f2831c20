"""Time and ids come from here, so that the domain needs neither."""

from collections.abc import Callable
from datetime import UTC, datetime
from uuid import UUID

import uuid_utils.compat

Clock = Callable[[], datetime]


def utc_now() -> datetime:
    """The present, with its time zone."""
    return datetime.now(UTC)


def new_id() -> UUID:
    """A UUIDv7: unique, and sorted by time, which keeps index inserts local."""
    return uuid_utils.compat.uuid7()
