"""Times on pages name their zone, whatever zone they came in."""

from datetime import UTC, datetime, timedelta, timezone

from invitation.entrypoints import languages as moments

LATE = datetime(2026, 12, 8, 23, 20, 31, tzinfo=UTC)


def test_a_moment_names_day_time_and_zone() -> None:
    assert moments.moment(LATE) == "Tuesday, 8 December 2026, 23:20 UTC"
    assert moments.second(LATE) == "2026-12-08 23:20:31 UTC"


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    there = LATE.astimezone(timezone(timedelta(hours=2)))
    assert there.day == 9
    assert moments.moment(there) == moments.moment(LATE)
    assert moments.day(there) == "8 December 2026"


def test_a_time_without_zone_counts_as_utc() -> None:
    assert moments.second(LATE.replace(tzinfo=None)) == moments.second(LATE)
