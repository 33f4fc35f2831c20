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
BATCH_SECONDS = Histogram("tenantlink_batch_seconds", "Time from a batch's start to its commit")
BATCH_SIZE = Histogram(
    "tenantlink_batch_size", "Deliveries in a batch", buckets=(1, 2, 5, 10, 20, 50)
)
JOBS_FINISHED = Counter("tenantlink_jobs_finished", "Attempts at jobs", ["kind", "outcome"])
BROKER_CONNECTED = Gauge(
    "tenantlink_broker_connected", "1 while this part is connected to the broker", ["part"]
)
