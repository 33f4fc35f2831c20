"""Delays grow, and do not come in step."""

from hypothesis import given
from hypothesis import strategies as st

from tenantlink_runtime.job import MAX_DELAY_SECONDS, growing_delay


@given(attempts=st.integers(0, 1000))
def test_delays_grow_up_to_an_hour(attempts: int) -> None:
    seconds = growing_delay(attempts).total_seconds()
    expected = min(MAX_DELAY_SECONDS, 2.0 * 2 ** min(attempts, 20))
    assert 0.8 * expected <= seconds <= 1.2 * expected
