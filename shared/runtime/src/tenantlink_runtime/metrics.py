"""The metrics of the runtime, named once. Prometheus' conventions: base units, `_total`."""

from prometheus_client import Counter, Gauge, Histogram

EVENTS_HANDLED = Counter(
    "tenantlink_events_handled", "Events whose effect was committed or was there already", ["event"]
)
EVENTS_PUBLISHED = Counter("tenantlink_events_published", "Events confirmed by the broker")
EVENTS_UNROUTED = Counter("tenantlink_events_unrouted", "Events that the broker returned or nacked")
MESSAGES_SET_ASIDE = Counter(
    "tenantlink_messages_set_aside", "Messages put into the parked table", ["status"]
)
BATCHES_RERUN = Counter("tenantlink_batches_rerun", "Batches rolled back and run again one by one")
BATCH_SECONDS = Histogram("tenantlink_batch_seconds", "Time from a batch's start to its commit")
BATCH_SIZE = Histogram(
    "tenantlink_batch_size", "Deliveries in a batch", buckets=(1, 2, 5, 10, 20, 50)
)
JOBS_FINISHED = Counter("tenantlink_jobs_finished", "Attempts at jobs", ["kind", "outcome"])
BROKER_CONNECTED = Gauge(
    "tenantlink_broker_connected", "1 while this part is connected to the broker", ["part"]
)
BROKER_BLOCKED = Gauge(
    "tenantlink_broker_blocked", "1 while the broker has asked us to publish nothing"
)
HUB_LAG_SECONDS = Gauge(
    "tenantlink_hub_lag_seconds", "How late the last greenthread was woken: the hub's stutter"
)
POOL_IN_USE = Gauge("tenantlink_pool_in_use", "Database connections of the process in use")
OUTBOX_PENDING = Gauge("tenantlink_outbox_pending", "Events recorded and not confirmed yet")
OUTBOX_OLDEST_SECONDS = Gauge(
    "tenantlink_outbox_oldest_seconds", "Age of the oldest event that is not confirmed yet"
)
MESSAGES_KEPT_ASIDE = Gauge(
    "tenantlink_messages_kept_aside", "Messages in the parked table now", ["status"]
)
JOBS_WAITING = Gauge("tenantlink_jobs_waiting", "Jobs that are due and not claimed", ["kind"])
