"""A short stutter is seen by a scrape that comes much later."""

from tenantlink_runtime.metrics import LongestLately


def test_the_longest_of_the_last_minute_is_shown_and_then_forgotten() -> None:
    now = 0.0
    lags = LongestLately(60, lambda: now)
    assert lags.longest() == 0
    for at, lag in ((1.0, 0.001), (2.0, 0.5), (3.0, 0.002), (40.0, 0.1), (41.0, 0.003)):
        now = at
        lags.tell(lag)
    assert lags.longest() == 0.5
    now = 62.5
    assert lags.longest() == 0.1
    now = 100.5
    assert lags.longest() == 0.003
    now = 200.0
    assert lags.longest() == 0


def test_it_remembers_no_more_than_it_needs() -> None:
    now = 0.0
    lags = LongestLately(60, lambda: now)
    for step in range(10_000):
        now = step / 10
        lags.tell(0.001)
    assert len(lags._told) == 1
