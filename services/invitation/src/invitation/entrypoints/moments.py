"""How pages say a time: always in UTC, and always saying so, because nobody knows the reader's."""

from datetime import UTC, datetime


def moment(at: datetime) -> str:
    """For instance `Tuesday, 8 December 2026, 10:20 UTC`; a time without zone counts as UTC."""
    return f"{_utc(at):%A}, {day(at)}, {_utc(at):%H:%M} UTC"


def second(at: datetime) -> str:
    """To the second, for support: `2026-12-08 10:20:31 UTC`."""
    return f"{_utc(at):%Y-%m-%d %H:%M:%S} UTC"


def day(at: datetime) -> str:
    """For instance `8 December 2026`."""
    return f"{_utc(at).day} {_utc(at):%B %Y}"


def _utc(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
