"""The plumbing of every service, once.

Deliveries become an inbox row, aggregates are loaded, pure handlers decide, aggregates are saved,
what is to be published becomes outbox rows, all in one transaction; then the delivery is acked.
Nothing here knows what an onboarding is.
"""
