"""Every fact there is, by type and by reader: topology, schemas and tests are derived from it."""

from itertools import chain
from types import ModuleType

from tenantlink_contracts import credential_validator, invitation, names, notifier, onboarding
from tenantlink_contracts import upstream as upstream_facts
from tenantlink_contracts.fact import Fact


def _facts_of(module: ModuleType) -> list[type[Fact]]:
    return [
        member
        for member in vars(module).values()
        if isinstance(member, type)
        and issubclass(member, Fact)
        and member.__module__ == module.__name__
    ]


FACTS: dict[str, type[Fact]] = {
    fact.event_type(): fact
    for fact in chain.from_iterable(
        map(_facts_of, (onboarding, invitation, credential_validator, notifier, upstream_facts))
    )
}


def read_by(service: str) -> list[type[Fact]]:
    """The facts of other services that a service has to subscribe to."""
    return [
        fact
        for fact in FACTS.values()
        if service in fact.readers and any(each in names.SERVICES for each in fact.publishers)
    ]


def from_upstream() -> list[type[Fact]]:
    """The facts that upstream systems may publish; onboarding takes them in."""
    return [fact for fact in FACTS.values() if names.UPSTREAM in fact.publishers]


def for_upstream() -> list[type[Fact]]:
    """The facts that an upstream system gets as answers."""
    return [fact for fact in FACTS.values() if names.UPSTREAM in fact.readers]
