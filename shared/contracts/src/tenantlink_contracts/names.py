"""The names of the four services and what is derived from them, in one place."""

ONBOARDING = "onboarding"
INVITATION = "invitation"
CREDENTIAL_VALIDATOR = "credential-validator"
NOTIFIER = "notifier"

SERVICES = (ONBOARDING, INVITATION, CREDENTIAL_VALIDATOR, NOTIFIER)

# Whoever orders from outside: each system is a broker user of its own. They publish to
# `upstream.events`, which onboarding takes in, and read `upstream.<system>.answers`.
UPSTREAM = "upstream"


def exchange(service: str) -> str:
    """The durable topic exchange a publisher writes to; nameko's own convention."""
    return f"{service}.events"


def source(service: str) -> str:
    """The CloudEvents source of a service."""
    return f"/tenantlink/{service}"
