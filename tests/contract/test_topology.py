"""What the services handle, what the contracts say they read and what the broker binds agree."""

from importlib import import_module

import pytest
from nameko.extensions import ENTRYPOINT_EXTENSIONS_ATTR

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import read_by
from tenantlink_runtime import topology
from tenantlink_runtime.subscribe import EventService, Subscription

SERVICE_CLASSES = {
    names.NOTIFIER: "notifier.entrypoints.events:Notifier",
    names.INVITATION: "invitation.entrypoints.events:Invitations",
    names.CREDENTIAL_VALIDATOR: "credential_validator.entrypoints.events:CredentialValidator",
    names.ONBOARDING: "onboarding.entrypoints.events:Onboardings",
}


def service_class(service: str) -> type[EventService]:
    module, name = SERVICE_CLASSES[service].split(":")
    found: type[EventService] = getattr(import_module(module), name)
    return found


@pytest.mark.parametrize("service", names.SERVICES)
def test_a_service_handles_exactly_the_facts_that_the_contracts_say_it_reads(service: str) -> None:
    cls = service_class(service)
    extensions = [
        extension
        for name in dir(cls)
        for extension in getattr(getattr(cls, name), ENTRYPOINT_EXTENSIONS_ATTR, ())
    ]
    handled = {each.fact for each in extensions if isinstance(each, Subscription)}
    assert cls.name == service
    assert handled == set(read_by(service))


def test_every_published_fact_is_bound_to_the_queue_of_each_reader() -> None:
    bound = {(b.exchange, b.routing_key, b.queue) for b in topology.declared().bindings}
    for service in names.SERVICES:
        for fact in read_by(service):
            for publisher in set(fact.publishers) & set(names.SERVICES):
                key = (names.exchange(publisher), fact.event_name(), f"{service}.inbox")
                assert key in bound
