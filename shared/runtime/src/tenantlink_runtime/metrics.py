"""The metrics of the runtime, named once. Prometheus' conventions: base units, `_total`.

Labels are bounded: names of events and kinds of jobs stand in the code, the rest is listed here.
"""

from collections import deque
from collections.abc import Callable
from typing import Any

from prometheus_client import Counter, Gauge, Histogram

_SOON = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
_LATE = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800, 7200, 86400)

# What came of a delivery: its effect is committed, it was there already, its handler refused it,
# its handler failed, or nobody here can read it. The last three stand in the table `parked`.
APPLIED, DUPLICATE, REFUSED, FAILED, UNUSABLE = (
    "applied",
    "duplicate",
    "refused",
    "failed",
    "unusable",
)
UNKNOWN_EVENT = "unknown"

EVENTS_HANDLED = Counter(
    "tenantlink_events_handled",
    "Deliveries settled: applied, duplicate, refused, failed or unusable",
    ["event", "outcome"],
)
EVENT_DELAY_SECONDS = Histogram(
    "tenantlink_event_delay_seconds",
    "Time from an event's record at its publisher to its effect here",
    ["event"],
    buckets=_LATE,
)
EVENTS_PUBLISHED = Counter("tenantlink_events_published", "Events confirmed by the broker")
EVENTS_UNROUTED = Counter("tenantlink_events_unrouted", "Events that the broker returned or nacked")
RELAY_SECONDS = Histogram(
    "tenantlink_relay_seconds",
    "Time from a batch's first message sent to its last confirm",
    buckets=_SOON,
)
REDELIVERIES = Counter(
    "tenantlink_redeliveries", "Deliveries that the broker had given to a reader before"
)
MESSAGES_SET_ASIDE = Counter(
    "tenantlink_messages_set_aside", "Messages put into the parked table", ["status"]
)
PARKED_TRIES = Counter("tenantlink_parked_tries", "Parked messages that were tried once more")
BATCHES_RERUN = Counter("tenantlink_batches_rerun", "Batches rolled back and run again one by one")
CONTENTIONS = Counter(
    "tenantlink_contentions", "Transactions run again because another one was in the way"
)
BATCH_SECONDS = Histogram(
    "tenantlink_batch_seconds", "Time from a batch's start to its commit", buckets=_SOON
)
BATCH_SIZE = Histogram(
    "tenantlink_batch_size", "Deliveries in a batch", buckets=(1, 2, 5, 10, 20, 50)
)
JOBS_FINISHED = Counter(
    "tenantlink_jobs_finished",
    "Attempts at jobs: done, again, failed (tried again), superseded (result dropped)",
    ["kind", "outcome"],
)
JOB_SECONDS = Histogram(
    "tenantlink_job_seconds", "Time that an attempt at a job took", ["kind"], buckets=_LATE[:14]
)
JOBS_RUNNING = Gauge("tenantlink_jobs_running", "Jobs that this process is at now", ["kind"])
JOBS_WAITING = Gauge("tenantlink_jobs_waiting", "Jobs that are due and not claimed", ["kind"])
JOBS_OLDEST_SECONDS = Gauge(
    "tenantlink_jobs_oldest_seconds",
    "For how long the oldest job has been due and not claimed",
    ["kind"],
)
BROKER_CONNECTED = Gauge(
    "tenantlink_broker_connected", "1 while this part is connected to the broker", ["part"]
)
BROKER_CONNECTIONS_LOST = Counter(
    "tenantlink_broker_connections_lost",
    "Connections to the broker that ended or were not made",
    ["part"],
)
BROKER_BLOCKED = Gauge(
    "tenantlink_broker_blocked", "1 while the broker has asked us to publish nothing"
)
DATABASE_REACHABLE = Gauge(
    "tenantlink_database_reachable", "1 while the own database answers (looked at every 15 s)"
)
HUB_LAG_SECONDS = Gauge(
    "tenantlink_hub_lag_seconds",
    "The longest that a greenthread was woken late in the last minute: the hub's stutter",
)
POOL_IN_USE = Gauge("tenantlink_pool_in_use", "Database connections of the process in use")
POOL_SIZE = Gauge("tenantlink_pool_size", "Database connections that the process may use")
OUTBOX_PENDING = Gauge("tenantlink_outbox_pending", "Events recorded and not confirmed yet")
OUTBOX_OLDEST_SECONDS = Gauge(
    "tenantlink_outbox_oldest_seconds", "Age of the oldest event that is not confirmed yet"
)
OUTBOX_BYTES = Gauge(
    "tenantlink_outbox_bytes",
    "Size of the outbox on disk with its indexes; grows while an old transaction is held open",
)
MESSAGES_KEPT_ASIDE = Gauge(
    "tenantlink_messages_kept_aside", "Messages in the parked table now", ["status"]
)
MESSAGES_KEPT_ASIDE_OLDEST_SECONDS = Gauge(
    "tenantlink_messages_kept_aside_oldest_seconds",
    "Age of the oldest message in the parked table",
    ["status"],
)


def watch_pool(pool: Any) -> None:
    """Show a pool of connections as it is at the moment of the scrape."""
    POOL_SIZE.set(pool.size())
    POOL_IN_USE.set_function(pool.checkedout)


class LongestLately:
    """The largest of the values told in the last so many seconds.

    A gauge that shows only the newest value hides what happened between two scrapes.
    """

    def __init__(self, seconds: float, clock: Callable[[], float]) -> None:
        self._seconds = seconds
        self._clock = clock
        self._told: deque[tuple[float, float]] = deque()

    def tell(self, value: float) -> None:
        """Take note of a value. What is older and smaller can never be the largest again."""
        while self._told and self._told[-1][1] <= value:
            self._told.pop()
        self._told.append((self._clock(), value))

    def longest(self) -> float:
        """The largest lately; 0 where nothing was told."""
        horizon = self._clock() - self._seconds
        while self._told and self._told[0][0] < horizon:
            self._told.popleft()
        return self._told[0][1] if self._told else 0.0
