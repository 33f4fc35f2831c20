"""Completes the onboarding: the service is created at once, or by a provisioning system."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from onboarding.app.ports import NotPossible
from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.order import dns_label
from onboarding.domain.registers import Creation, CreationAsked, Ordered
from onboarding.domain.states import State
from onboarding.domain.verbs import Verb
from tenantlink_contracts.onboarding import ServiceCreated, ServiceCreationRequested
from tenantlink_contracts.values import Customer, License, ServiceType
from tenantlink_runtime.decision import Answer, Decision


@dataclass(frozen=True, slots=True)
class Provisioning:
    """Who creates services: nobody beside us (`system` is None), or an upstream system, which has
    `patience` to answer."""

    system: str | None = None
    patience: timedelta = timedelta(hours=24)


IMMEDIATE = Provisioning()


def create(
    onboarding: Onboarding, now: datetime, provisioning: Provisioning = IMMEDIATE
) -> Decision[Onboarding]:
    """Created at once, or asked for. After a failure it is asked for once more."""
    if onboarding.state in (State.ACTIVE, State.CREATING):
        return Decision(onboarding)
    order, proven = require(onboarding, Verb.CREATE), onboarding.proven
    if proven is None:
        raise NotPossible("The administrator has withdrawn the registration meanwhile.")
    if onboarding.settings is None:
        raise NotPossible("Choose the Microsoft 365 settings first.")
    if provisioning.system is None:
        return created(onboarding, order, proven.revision, now)
    number = onboarding.creation_asked.number + 1 if onboarding.creation_asked else 1
    deadline = now + provisioning.patience
    asked = CreationAsked(number, proven.revision, provisioning.system, now, deadline)
    waiting = replace(onboarding, creation_asked=asked)
    fact = _asked_for(waiting, order, deadline)
    return Decision(waiting, answers=(Answer(provisioning.system, fact),))


def created(
    onboarding: Onboarding, order: Ordered, revision: int, now: datetime
) -> Decision[Onboarding]:
    """The service exists, with the credentials of `revision`."""
    fact = ServiceCreated(
        reference=order.reference,
        short_name=order.short_name,
        full_name=order.full_name,
        revision=revision,
        created_at=now,
    )
    active = replace(onboarding, creation=Creation(revision, now))
    return Decision(active, events=(fact,))


def _asked_for(
    onboarding: Onboarding, order: Ordered, deadline: datetime
) -> ServiceCreationRequested:
    verdict, settings = onboarding.newest_verdict, onboarding.settings
    if verdict is None or settings is None:
        raise NotPossible("The tenant credentials have to be validated first.")
    return ServiceCreationRequested(
        onboarding_id=onboarding.id,
        reference=order.reference,
        customer=Customer(
            external_id=order.customer_external_id,
            name=order.customer_name,
            domains=order.customer_domains,
        ),
        service_type=ServiceType(order.service_type),
        short_name=order.short_name,
        dns_label=dns_label(order.short_name),
        full_name=order.full_name,
        license=License(order.license),
        licensed_users=order.licensed_users,
        tenant_id=verdict.tenant.id,
        m365_domain=settings.domain,
        m365_routing=settings.routing.value,
        deadline=deadline,
    )
