"""Takes in what upstream systems say: orders, and whether a service was created.

Everything is answered in the transaction of its effect: an order by onboarding's own copy of it, or
by every reason why it was not taken.
"""

from dataclasses import dataclass
from uuid import NAMESPACE_URL, UUID, uuid5

from pydantic import ValidationError

from onboarding.app import take_note
from onboarding.app.create_service import Provisioning
from onboarding.app.order_service import Breaches, Orderer, OrderService, Work
from onboarding.app.ports import Onboardings
from onboarding.domain import order_document
from onboarding.domain.breach import Breach, is_visible
from onboarding.domain.operator import Scope
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.incoming import Incoming, Unfit
from tenantlink_contracts.onboarding import RejectionReason, ServiceRejected, ServiceRequested
from tenantlink_contracts.upstream import ServiceProvisioned, ServiceProvisioningFailed
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.decision import Answer, Refusal

_ORDERS = uuid5(NAMESPACE_URL, "urn:tenantlink:orders")
_REFERENCE_MISSING = Breach(
    "reference", "reference_missing", "Give the order a number of your own: answers name it."
)
_NOT_PROVISIONING = Breach(
    "message", "not_provisioning", "Services are created by another system, or by nobody outside."
)
_UNKNOWN = Breach("onboarding_id", "onboarding_unknown", "There is no such order.")


def order_id(orderer: str, reference: str) -> UUID:
    """The id of the onboarding that an orderer's reference leads to, always the same."""
    return uuid5(_ORDERS, f"{orderer} {reference}")


@dataclass(frozen=True)
class TakeIn:
    """The verb with its collaborators."""

    orders: OrderService
    onboardings: Onboardings
    provisioning: Provisioning
    clock: Clock

    def run(self, uow: Work, system: str, identity: UUID, message: Incoming | Unfit) -> None:
        """Write effect and answer. `identity` is our id of the message."""
        if isinstance(message, Unfit):
            reasons: Breaches = (Breach("message", message.code, message.message),)
            _reject(uow, system, identity, None, reasons)
        elif message.fact is ServiceRequested:
            self._order(uow, system, identity, message)
        else:
            self._provisioned(uow, system, identity, message)

    def _order(self, uow: Work, system: str, identity: UUID, message: Incoming) -> None:
        raw, shape = order_document.read(message.data, strict=False)
        reference = raw.options.reference.strip()
        if not reference and not any(each.field == "reference" for each in shape):
            shape = (*shape, _REFERENCE_MISSING)
        usable = bool(reference) and is_visible(reference)
        subject = order_id(f"upstream:{system}", reference) if usable else identity
        asked_by = raw.options.requested_by.strip()
        email = asked_by if self.orders.is_address(asked_by) else ""
        orderer = Orderer(system, email, system)
        if shape:
            checked = self.orders.check(Scope.everything(), raw, subject)
            broken = checked if isinstance(checked, tuple) else ()
        else:
            taken = self.orders.order_within(uow, Scope.everything(), orderer, raw, subject)
            if isinstance(taken, ServiceRequested):
                return
            broken = taken
        reasons = order_document.placed(shape, broken)
        bad = any(each.field == "reference" and each.code != "reference_reused" for each in reasons)
        _reject(uow, system, subject, None if bad else reference, reasons)

    def _provisioned(self, uow: Work, system: str, identity: UUID, message: Incoming) -> None:
        fact = _validated(message)
        if system != self.provisioning.system:
            return _reject(uow, system, identity, None, (_NOT_PROVISIONING,))
        if isinstance(fact, tuple):
            return _reject(uow, system, identity, None, fact)
        subject = fact.onboarding_id
        known = self.onboardings.find(Scope.everything(), subject)
        if known is None or known.order is None:
            return _reject(uow, system, identity, None, (_UNKNOWN,))
        answer = self._note(uow, system, identity, message, fact)
        if isinstance(answer, Refusal):
            reasons = (Breach("onboarding_id", "not_asked", f"{answer.reason}."),)
            _reject(uow, system, subject, known.order.reference, reasons)
        return None

    def _note(
        self,
        uow: Work,
        system: str,
        identity: UUID,
        message: Incoming,
        fact: ServiceProvisioned | ServiceProvisioningFailed,
    ) -> Refusal | None:
        now, subject = self.clock(), fact.onboarding_id
        source = f"/upstream/{system}"
        onboarding = uow.aggregate(subject)
        event: Event[Fact]
        if isinstance(fact, ServiceProvisioned):
            event = done = Event(
                identity, source, subject, now, fact, traceparent=message.traceparent
            )
            decision = take_note.on_service_provisioned(onboarding, done, now)
        else:
            event = failed = Event(
                identity, source, subject, now, fact, traceparent=message.traceparent
            )
            decision = take_note.on_service_provisioning_failed(onboarding, failed, now)
        if isinstance(decision, Refusal):
            return decision
        uow.apply(subject, decision, event)
        return None


def _validated(message: Incoming) -> ServiceProvisioned | ServiceProvisioningFailed | Breaches:
    try:
        if message.fact is ServiceProvisioned:
            return ServiceProvisioned.model_validate(message.data)
        return ServiceProvisioningFailed.model_validate(message.data)
    except ValidationError as error:
        rows = error.errors(include_url=False, include_input=False, include_context=False)
        return tuple(
            Breach(".".join(map(str, row["loc"])) or "message", str(row["type"]), str(row["msg"]))
            for row in rows
        )


def _reject(
    uow: Work, system: str, subject: UUID, reference: str | None, reasons: Breaches
) -> None:
    told = tuple(
        RejectionReason(field=each.field, code=each.code, message=each.message) for each in reasons
    )
    fact = ServiceRejected(reference=reference, reasons=told)
    uow.answer(subject, Answer(system, fact))
