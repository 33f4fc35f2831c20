"""The event path of all four services in one process, on real databases, and counted.

Everything is the product's own: aggregates, handlers, outbox, jobs, settling. Only the broker is
replaced by carrying messages from outbox to handler along the declared bindings, Microsoft and the
mail server by an answer at once, so that what is counted does not depend on time.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from credential_validator import bootstrap as validator
from credential_validator.entrypoints.events import CredentialValidator
from credential_validator.settings import CredentialValidatorSettings
from invitation import bootstrap as inviter
from invitation.entrypoints.events import Invitations
from invitation.settings import InvitationSettings
from notifier import bootstrap as mailer
from notifier.app.ports import Accepted
from notifier.entrypoints.events import Notifier
from notifier.settings import NotifierSettings
from onboarding import bootstrap as saga
from onboarding.entrypoints.events import Onboardings
from onboarding.settings import OnboardingSettings
from tenantlink_contracts import names
from tenantlink_contracts.catalogue import read_by
from tenantlink_contracts.values import Verdict
from tenantlink_runtime import jobs, relay, tables, topology
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import EventFlow
from tenantlink_runtime.host import Host
from tenantlink_runtime.settling import Finished, Settler
from tests.support.events import VERDICT

BATCH = 50


class AtOnce:
    """Microsoft and the mail server, who say yes before one has asked."""

    def prove(self, *_: Any) -> Verdict:
        return Verdict.model_validate(VERDICT)

    def send(self, *_: Any) -> Accepted:
        return Accepted("250 2.0.0 ok")

    def of(self, *_: Any) -> Any:
        return nullcontext()


class _Due:
    """As much of a job's entrypoint as claiming asks for."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        self.per_target = self.free = 1000
        self.running: Counter[str] = Counter()


@dataclass
class Service:
    """One of the four: its host, its nameko class with what it is given, its statements."""

    name: str
    host: Host
    nameko: Any
    statements: int = 0
    messages: Counter[str] = field(default_factory=Counter)
    deliveries: int = 0

    def __post_init__(self) -> None:
        for attribute, collaborator in self.host.injected.items():
            setattr(self.nameko, attribute, collaborator)
        handlers = {
            fact: getattr(self.nameko, re.sub("(?<!^)([A-Z])", r"_\1", fact.__name__).lower())
            for fact in read_by(self.name)
        }
        self.flow: EventFlow[Any] = EventFlow(self.host.transactions, handlers)
        self.settler = Settler(self.host.transactions)
        self._unseen = sa.create_engine(self.engine.url)
        sa.event.listen(self.engine, "before_cursor_execute", self._note)

    @property
    def engine(self) -> sa.Engine:
        return self.host.transactions.engine

    def receive(self, deliveries: list[Delivery]) -> None:
        """Handle them as the consumer does, at most fifty at a time."""
        self.deliveries += len(deliveries)
        for start in range(0, len(deliveries), BATCH):
            self.flow.run(deliveries[start : start + BATCH])

    def has(self, something: sa.Select[Any]) -> bool:
        """A look that costs nothing: the runtime is woken instead of looking."""
        with self._unseen.connect() as connection:
            return bool(connection.execute(sa.select(something.exists())).scalar())

    def sent(self) -> list[Any]:
        """Take what the outbox holds, as the relay does when it is woken."""
        if not self.has(sa.select(tables.outbox)):
            return []
        with self.engine.begin() as connection:
            rows = connection.execute(relay._NEXT, {"held": []}).all()
            if rows:
                connection.execute(relay._SENT, {"sent": [row.position for row in rows]})
        self.messages.update(row.routing_key for row in rows)
        return list(rows)

    def work(self, kind: str, method: str) -> int:
        """Do the due jobs of a kind, and write their results; how many there were."""
        due_now = sa.and_(tables.jobs.c.kind == kind, tables.jobs.c.due_at <= sa.func.now())
        if not self.has(sa.select(tables.jobs).where(due_now)):
            return 0
        due: Any = _Due(kind)
        with self.engine.begin() as connection:
            claimed = jobs.claim(connection, due)
        run = getattr(self.nameko, method)
        self.settler._waiting = [Finished(job, run(job), "done") for job in claimed]
        self.settler._write_all()
        return len(claimed)

    def close(self) -> None:
        """No connection stays."""
        self.engine.dispose()
        self._unseen.dispose()

    def _note(self, *_: Any) -> None:
        self.statements += 1


JOBS = {
    names.CREDENTIAL_VALIDATOR: {"authenticate": "authenticate", "validate": "validate"},
    names.NOTIFIER: {"send_invitation": "send_invitation", "send_notice": "send_notice"},
}


@dataclass
class Factory:
    """All four, and the way between them."""

    services: dict[str, Service]

    def run(self) -> None:
        """Until there is nothing to carry and no job is due."""
        while self._carry() or self._work():
            continue

    def _carry(self) -> bool:
        """One round of every relay, and what the readers do with it."""
        carried = False
        for name, service in self.services.items():
            queues: dict[str, list[Delivery]] = {}
            for row in service.sent():
                carried = True
                for reader in _READERS.get((names.exchange(name), row.routing_key), ()):
                    queue = topology.inbox_queue(reader)
                    delivery = Delivery(queue, "application/json", row.headers, bytes(row.body))
                    queues.setdefault(reader, []).append(delivery)
            for reader, deliveries in queues.items():
                self.services[reader].receive(deliveries)
        return carried

    def _work(self) -> bool:
        done = [
            self.services[name].work(kind, method)
            for name, kinds in JOBS.items()
            for kind, method in kinds.items()
        ]
        return sum(done) > 0


def _readers() -> dict[tuple[str, str], list[str]]:
    """By exchange and routing key, along the bindings that the broker has."""
    found: dict[tuple[str, str], list[str]] = {}
    inboxes = {topology.inbox_queue(service): service for service in names.SERVICES}
    for each in topology.declared().bindings:
        if each.queue in inboxes:
            key = (each.exchange, each.routing_key)
            found.setdefault(key, []).append(inboxes[each.queue])
    return found


_READERS = _readers()


@contextmanager
def factory(urls: dict[str, str], keys: Path) -> Iterator[Factory]:
    """Built by the services' own composition roots; ends with its connections."""
    hosts = _hosts(urls, keys)
    classes = {
        names.ONBOARDING: Onboardings,
        names.INVITATION: Invitations,
        names.CREDENTIAL_VALIDATOR: CredentialValidator,
        names.NOTIFIER: Notifier,
    }
    services = {name: Service(name, hosts[name], classes[name]()) for name in names.SERVICES}
    try:
        yield Factory(services)
    finally:
        for service in services.values():
            service.close()


def _hosts(urls: dict[str, str], keys: Path) -> dict[str, Host]:
    at_once: Any = AtOnce()
    credentials = validator.build_work(
        CredentialValidatorSettings.model_validate(
            _common(urls, keys, names.CREDENTIAL_VALIDATOR)
            | {"store_keys_file": keys / "credential-validator.store.jwks.json"}
        )
    )
    for name in ("authentication", "validation"):
        verb = credentials.injected[name]
        credentials.injected[name] = replace(verb, prover=at_once, progress=at_once)
    mails = mailer.build_work(
        NotifierSettings.model_validate(
            _common(urls, keys, names.NOTIFIER)
            | {
                "smtp_host": "127.0.0.1",
                "sender": "Tenantlink <no-reply@tenantlink.example>",
                "mails_per_minute": 1_000_000,
            }
        )
    )
    for name in ("invitations", "notices"):
        mails.injected[name] = replace(mails.injected[name], courier=at_once)
    return {
        names.ONBOARDING: saga.build_work(onboarding_settings(urls, keys)),
        names.INVITATION: inviter.build_work(invitation_settings(urls, keys)),
        names.CREDENTIAL_VALIDATOR: credentials,
        names.NOTIFIER: mails,
    }


def onboarding_settings(urls: dict[str, str], keys: Path) -> OnboardingSettings:
    """Of console and work process alike."""
    return OnboardingSettings.model_validate(
        _common(urls, keys, names.ONBOARDING)
        | {
            "public_url": "http://console.example",
            "oidc_issuer": "https://operators.example",
            "oidc_client_id": "console",
            "oidc_client_secret_file": keys / "onboarding.session.key",
            "base_domain": "sbc.example",
        }
    )


def invitation_settings(urls: dict[str, str], keys: Path) -> InvitationSettings:
    """Of wizard and work process alike."""
    return InvitationSettings.model_validate(
        _common(urls, keys, names.INVITATION)
        | {
            "public_url": "http://wizard.example",
            "link_keys_file": keys / "invitation.link.jwks.json",
        }
    )


def _common(urls: dict[str, str], keys: Path, service: str) -> dict[str, object]:
    return {
        "database_url": urls[service],
        "public_keys_file": keys / "public.jwks.json",
        "sealing_keys_file": keys / f"{service}.sealing.jwks.json",
    }
