"""Retry-After has two forms, seconds and a date (RFC 9110); anything else says nothing."""

import pytest

from credential_validator.adapters.http import seconds_of

ANSWERED = "Wed, 21 Oct 2026 07:27:00 GMT"


@pytest.mark.parametrize(
    ("retry_after", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("Wed, 21 Oct 2026 07:28:00 GMT", 60.0),
        ("Wed, 21 Oct 2026 07:26:59 GMT", None),
        ("21 Oct 2026 07:28:00", 60.0),
        ("soon", None),
        ("-1", None),
        ("\u00b2", None),
        ("", None),
        (None, None),
    ],
)
def test_a_wait_is_read_in_both_forms(retry_after: str | None, seconds: float | None) -> None:
    assert seconds_of(retry_after, ANSWERED) == seconds


@pytest.mark.parametrize("date", [None, "yesterday"])
def test_without_a_date_of_the_answer_our_own_clock_counts(date: str | None) -> None:
    assert (seconds_of("Fri, 01 Jan 2100 00:00:00 GMT", date) or 0) > 1e9
