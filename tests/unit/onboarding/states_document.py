"""Writes docs/states.md by asking the code: every fact, verb and deadline in every state.

`python -m tests.unit.onboarding.states_document` writes it; a test holds it to the code.
"""

from collections import defaultdict
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from onboarding.app import take_note
from onboarding.domain.deadlines import timers
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.states import NEXT_ACTOR, WORDS, State
from onboarding.domain.verbs import Verb, possible
from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import (
    CredentialsWithdrawn,
    InvitationExpired,
    InvitationIssued,
)
from tenantlink_contracts.notifier import InvitationUndeliverable
from tenantlink_contracts.upstream import ServiceProvisioned, ServiceProvisioningFailed
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW, an_event
from tests.unit.onboarding.test_deadlines import AT_NOW, DEADLINES, fired
from tests.unit.onboarding.test_saga_histories import HANDLERS
from tests.unit.onboarding.test_states import ASKED
from tests.unit.onboarding.test_verbs_and_states import DO, ready

PATH = Path(__file__).parents[3] / "docs" / "states.md"
ALL_HANDLERS = HANDLERS | {
    ServiceProvisioned: take_note.on_service_provisioned,
    ServiceProvisioningFailed: take_note.on_service_provisioning_failed,
}
Edges = dict[tuple[State, State], list[str]]
_HEAD = """# The states of an onboarding

Written by `python -m tests.unit.onboarding.states_document`, which asks the code what every fact,
verb and deadline leads to in every state; do not edit it by hand. What may be done by an operator
at any time until the service exists (cancelling) is left out of the diagram.

"""


def document() -> str:
    """The whole text."""
    return f"{_HEAD}{_diagram(edges())}\n{_table()}"


def edges() -> Edges:
    """What leads from a state to another one."""
    found: Edges = defaultdict(list)
    for state, onboarding in AT_NOW.items():
        for name, after in (*_facts(onboarding), *_verbs(state), *_deadlines(onboarding)):
            if after is not state and name not in found[state, after]:
                found[state, after].append(name)
    return {pair: names for pair, names in found.items() if names}


def _facts(onboarding: Onboarding) -> list[tuple[str, State]]:
    """With the numbers that the newest round, revision and run have."""
    auth, run, proven = onboarding.auth, onboarding.run, onboarding.proven
    next_revision = auth.revision + 1 if auth else 1
    round_ = max(onboarding.asked_round, 1)
    numbers: dict[type[Fact], dict[str, Any]] = {
        InvitationIssued: {"round": round_},
        InvitationUndeliverable: {"round": round_},
        InvitationExpired: {"round": round_},
        AuthenticationProgressed: {"round": round_, "revision": next_revision},
        DeviceAuthenticated: {"round": round_, "revision": next_revision},
        DeviceAuthenticationFailed: {"round": round_, "revision": next_revision},
    }
    if proven is not None:
        numbers[CredentialsWithdrawn] = {"round": round_, "revision": proven.revision}
    if run is not None and proven is not None and onboarding.is_validating():
        numbers[TenantValidated] = {"run": run.number, "revision": proven.revision}
        numbers[TenantValidationFailed] = {"run": run.number, "revision": proven.revision}
    if onboarding.creation_asked is not None:
        numbers |= {ServiceProvisioned: {}, ServiceProvisioningFailed: {}}
    found = []
    for fact, values in numbers.items():
        event = an_event(fact, at=NOW + timedelta(minutes=1), **values)
        said = ALL_HANDLERS[fact](onboarding, event, NOW)
        if isinstance(said, Decision):
            found.append((fact.event_name(), said.aggregate.state))
    return found


def _verbs(state: State) -> list[tuple[str, State]]:
    onboarding = ready(state)
    found = []
    for verb in possible(onboarding):
        if verb is not Verb.CANCEL:
            decision: Any = DO[verb](onboarding)
            found.append((verb.value, decision.aggregate.state))
    if state is State.VALIDATED:
        found.append(("Create service, external", replace(onboarding, creation_asked=ASKED).state))
    return found


def _deadlines(onboarding: Onboarding) -> list[tuple[str, State]]:
    found = []
    for timer in timers(onboarding, DEADLINES):
        after = fired(onboarding, timer.due).aggregate.state
        if after is not State.CANCELLED:
            found.append((f"after {_words(timer.due - NOW)}", after))
    return found


def _diagram(found: Edges) -> str:
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> requested"]
    lines.append("    [*] --> awaiting_credentials: without a link")
    for (before, after), names in found.items():
        lines.append(f"    {before.value} --> {after.value}: {', '.join(names)}")
    return "\n".join([*lines, "    cancelled --> [*]", "    closed --> [*]", "```", ""])


def _table() -> str:
    lines = ["| state | in words | who acts next | what happens by itself |", "|---|---|---|---|"]
    for state in State:
        due = timers(AT_NOW[state], DEADLINES)
        night = state is State.ACTIVE
        times = "; ".join(f"after {_words(each.due - NOW)} {each.kind.value}" for each in due)
        alone = "each night the credentials are checked" if night else times or "nothing"
        lines.append(f"| `{state.value}` | {WORDS[state]} | {NEXT_ACTOR[state]} | {alone} |")
    return "\n".join(lines) + "\n"


def _words(time: timedelta) -> str:
    days, seconds = time.days, time.seconds
    parts = [(days, "day"), (seconds // 3600, "hour"), (seconds % 3600 // 60, "minute")]
    return " ".join(f"{count} {unit}{'s' * (count != 1)}" for count, unit in parts if count)


if __name__ == "__main__":
    PATH.write_text(document())
