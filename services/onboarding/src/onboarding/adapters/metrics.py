"""What operations see of onboardings: how many there are in each state, how long each step took."""

import time
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from prometheus_client import Gauge, Histogram

from onboarding.adapters.tables import service_counts
from onboarding.app.what_follows import WhatFollows
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import State
from tenantlink_runtime.decision import Decision

HOUR, DAY = 3600.0, 86400.0
ONBOARDINGS = Gauge("tenantlink_onboardings", "Onboardings, as last counted", ["state"])
STEP_SECONDS = Histogram(
    "tenantlink_onboarding_step_seconds",
    "How long onboardings were in a state that they have left",
    ["state"],
    buckets=(1, 5, 30, 60, 300, 1800, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 14 * DAY, 30 * DAY),
)
FRESH_SECONDS = 15.0


class CountedStates:
    """Reads what the chore `count_services` has counted, at most every 15 s, when asked for."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._read_at = float("-inf")
        self._counts: dict[str, int] = {}

    def show(self) -> None:
        """Let the gauge ask from now on."""
        for state in State:
            ONBOARDINGS.labels(state.value).set_function(partial(self.of, state))

    def of(self, state: State) -> float:
        """How many there were at the last count."""
        if time.monotonic() - self._read_at > FRESH_SECONDS:
            self._read()
        return float(self._counts.get(state.value, 0))

    def _read(self) -> None:
        counted = sa.select(service_counts.c.status, service_counts.c.services)
        everywhere = counted.where(service_counts.c.customer_id.is_(None))
        with self._engine.connect() as connection:
            self._counts = {row.status: row.services for row in connection.execute(everywhere)}
        self._read_at = time.monotonic()


class MeasuredSteps:
    """`Consequences` that tell how long a state has lasted when it is left."""

    def __init__(self, follows: WhatFollows) -> None:
        self._follows = follows

    def __call__(
        self, before: Onboarding, decision: Decision[Onboarding], now: datetime
    ) -> Decision[Onboarding]:
        """The decision, and what follows from it."""
        settled = self._follows(before, decision, now)
        if before.order is not None and settled.aggregate is not before:
            state, since = before.wait
            if since is not None and settled.aggregate.state is not state:
                seconds = max(0.0, (now - since).total_seconds())
                STEP_SECONDS.labels(state.value).observe(seconds)
        return settled
