"""The piece of work that every contender does, so that only the plumbing differs.

DeviceAuthenticationFailed comes in; onboarding's own verbs take note of it and send the invitation
again, as an operator would at once; InvitationRoundRequested goes out. The aggregate is the real
`Onboarding` with an order and a link. Unlike most facts this one is not harmless when handled
twice: the round would rise by two, and that is what the checker looks for.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from pydantic import TypeAdapter

from onboarding.app import renew_invitation, take_note
from onboarding.app.take_note import Answer
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Role
from onboarding.domain.registers import IssuedLink
from tenantlink_contracts import wire
from tenantlink_contracts.credential_validator import DeviceAuthenticationFailed
from tenantlink_contracts.event import Event
from tenantlink_contracts.names import ONBOARDING, exchange, source
from tenantlink_contracts.onboarding import InvitationRoundRequested
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.decision import Decision

INBOX = f"{ONBOARDING}.inbox"
PUBLISHED_TO = exchange(ONBOARDING)
ROUTING_KEY = InvitationRoundRequested.event_name()
CONCURRENCY = 10
PREFETCH = 100
BATCH_LIMIT = 50
RELAY_LIMIT = 200

_ADAPTER = TypeAdapter(Onboarding)
_OPERATOR = Operator("benchmark", "Benchmark", "operator@provider.example", Role.OPERATOR)


@dataclass(frozen=True, slots=True)
class Effect:
    """What has to be stored, and the message that has to be sent."""

    subject: UUID
    state: str
    status: str
    headers: dict[str, str]
    body: bytes


def decide(
    onboarding: Onboarding, event: Event[DeviceAuthenticationFailed], now: datetime
) -> Answer:
    """Two of onboarding's pure verbs, one after the other."""
    noted = take_note.on_device_authentication_failed(onboarding, event, now)
    if not isinstance(noted, Decision):
        return noted
    again = renew_invitation.resend(noted.aggregate, now, _OPERATOR)
    return replace(again, events=(*noted.events, *again.events))


def event_of(
    headers: Mapping[str, Any], fact: DeviceAuthenticationFailed
) -> Event[DeviceAuthenticationFailed]:
    """The envelope of a fact that a framework has decoded already."""
    return Event(
        id=UUID(headers["ce-id"]),
        source=str(headers["ce-source"]),
        subject=UUID(headers["ce-subject"]),
        time=datetime.fromisoformat(headers["ce-time"]),
        data=fact,
    )


def handle(state: str, event: Event[DeviceAuthenticationFailed]) -> Effect:
    """From a stored state to what must be stored and sent. ValueError where it is refused."""
    now = utc_now()
    decision = decide(_ADAPTER.validate_json(state), event, now)
    if not isinstance(decision, Decision):
        raise ValueError(decision.reason)
    after, (fact,) = decision.aggregate, decision.events
    answer = Event(new_id(), source(ONBOARDING), event.subject, now, fact, event.id)
    return Effect(
        subject=event.subject,
        state=state_of(after),
        status=after.state.value,
        headers=wire.headers_of(answer),
        body=fact.model_dump_json().encode(),
    )


def state_of(onboarding: Onboarding) -> str:
    """As the database keeps it."""
    return _ADAPTER.dump_json(onboarding).decode()


def with_link(onboarding: Onboarding) -> Onboarding:
    """Invited: the first round's link has been issued."""
    link = IssuedLink(1, "admin@contoso.example", utc_now())
    return replace(onboarding, asked_round=1, link=link)
