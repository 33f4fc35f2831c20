"""Completes the onboarding: the service is created at once."""

from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Creation, Ordered
from onboarding.domain.states import State
from tenantlink_contracts.onboarding import Notice, NoticeKind, NoticeRequested, ServiceCreated
from tenantlink_runtime.decision import Decision


def create(onboarding: Onboarding, now: datetime) -> Decision[Onboarding]:
    """Tells everybody: services by ServiceCreated, customer and operator by mail."""
    order, proven = onboarding.order, onboarding.proven
    if onboarding.state is State.ACTIVE:
        return Decision(onboarding)
    if onboarding.state is not State.VALIDATED or order is None or proven is None:
        raise NotPossible("The tenant credentials have to be validated first.")
    if onboarding.settings is None:
        raise NotPossible("Choose the Microsoft 365 settings first.")
    return created(onboarding, order, proven.revision, now)


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
    return Decision(active, events=(fact, *_notices(order)))


def _notices(order: Ordered) -> tuple[NoticeRequested, ...]:
    """To the administrator and to who ordered; none where neither has an address."""
    recipients = tuple(dict.fromkeys(filter(None, (order.email, order.operator_email))))
    if not recipients:
        return ()
    data = {
        "customer_name": order.customer_name,
        "full_name": order.full_name,
        "short_name": order.short_name,
    }
    notice = Notice(kind=NoticeKind.SERVICE_CREATED, recipients=recipients, data=data)
    return (NoticeRequested(notices=(notice,)),)
