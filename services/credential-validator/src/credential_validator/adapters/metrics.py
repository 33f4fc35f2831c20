"""The metrics of credential-validator, named once. Every label has few values, whoever asks."""

from prometheus_client import Counter, Gauge

VALIDATIONS = Counter(
    "tenantlink_credential_validations",
    "Proofs of a registration: `accepted`, or the code of the problem",
    ["outcome"],
)
BREAKER_OPEN = Gauge(
    "tenantlink_microsoft_breaker_open",
    "1 while a host of Microsoft's is not asked because it was away for several registrations",
    ["host"],
)
SECRETS = Gauge(
    "tenantlink_client_secrets",
    "Client secrets that services use, by the days until they end",
    ["ends_within"],
)
FIRST_END = Gauge(
    "tenantlink_client_secret_first_end_timestamp_seconds",
    "When the first of the client secrets in use that have not ended will end; 0 without any",
)
