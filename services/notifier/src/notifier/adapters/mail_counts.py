"""What became of mails, for whoever watches: counted where it is known, by kind and outcome."""

from prometheus_client import Counter

MAILS = Counter(
    "tenantlink_mails",
    "Tries to send a mail: accepted, delayed, undeliverable, or dropped because it had no use",
    ["kind", "outcome"],
)


def count_mail(kind: str, outcome: str) -> None:
    """One more."""
    MAILS.labels(kind, outcome).inc()
