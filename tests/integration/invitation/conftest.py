"""The Invitation wizard as a `web` process has it, with its database, its keys and its visitors."""

import re
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from werkzeug.serving import make_server

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.sealed import SealedLinkMinter
from invitation.adapters.sql_invitations import StoredInvitations
from invitation.bootstrap import build_web
from invitation.entrypoints.events import Invitations
from invitation.settings import InvitationSettings
from tenantlink_contracts import names, wire
from tenantlink_contracts.catalogue import read_by
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import CredentialsSubmitted, InvitationIssued
from tenantlink_contracts.onboarding import ServiceRequested
from tenantlink_local.browser import Browser
from tenantlink_runtime import keys
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.delivery import Delivery
from tenantlink_runtime.flow import EventFlow
from tenantlink_runtime.sealing import PrivateKeys, PublicKeys, SealContext
from tenantlink_runtime.tables import outbox
from tenantlink_runtime.unit_of_work import Transactions
from tests.support.events import SUBJECT, an_event

TABLES = ("invitations", "links", "outbox", "jobs")


class _Handlers(Invitations):
    """The service's own handlers; nameko would inject what they need."""

    def __init__(self, links: SealedLinkMinter) -> None:
        self.links = links


@dataclass(frozen=True)
class Reception:
    """Everything on one database: what the wizard shows, what was recorded, what was told."""

    app: Flask
    engine: sa.Engine
    folder: Path
    url: str

    def receive(self, *events: Event[Fact], now: Callable[[], datetime] = utc_now) -> None:
        """Handle events as the `work` process would; `now` is its clock."""
        tokens = LinkTokens.load(self.folder / "invitation.link.jwks.json")
        public = PublicKeys.load(self.folder / "public.jwks.json")
        service = _Handlers(SealedLinkMinter(tokens, public, self.url))
        named = {f: re.sub("(?<!^)([A-Z])", r"_\1", f.__name__) for f in read_by(names.INVITATION)}
        handlers = {fact: getattr(service, name.lower()) for fact, name in named.items()}
        transactions = Transactions(self.engine, names.INVITATION, StoredInvitations(), clock=now)
        EventFlow(transactions, handlers).run([_delivery(event) for event in events])

    def invite(self, subject: UUID = SUBJECT, at: datetime | None = None, **order: Any) -> str:
        """Ask for a first link; its address, as the mail would have it."""
        at = at or utc_now()
        self.receive(an_event(ServiceRequested, subject=subject, at=at, **order), now=lambda: at)
        return self.link(subject)

    def link(self, subject: UUID = SUBJECT) -> str:
        """The newest link of an onboarding, as notifier reads it."""
        fact = self.recorded(InvitationIssued, subject)[-1]
        return self._opened("notifier", fact.link, SealContext(type(fact), subject, fact.round))

    def secret(self, fact: CredentialsSubmitted, subject: UUID = SUBJECT) -> str:
        """The client secret of a submission, as credential-validator reads it."""
        context = SealContext(type(fact), subject, fact.round)
        return self._opened("credential-validator", fact.credential.sealed, context)

    def recorded(self, kind: type[Any], subject: UUID = SUBJECT) -> list[Any]:
        """The facts of a kind that wait in the outbox, in order."""
        query = sa.select(outbox).order_by(outbox.c.position)
        with self.engine.connect() as connection:
            rows = connection.execute(query).all()
        events = [wire.read_event(wire.CONTENT_TYPE, row.headers, row.body) for row in rows]
        return [
            event.data
            for event in events
            if isinstance(event, Event) and isinstance(event.data, kind)
            if event.subject == subject
        ]

    def everything(self) -> str:
        """All that the service has stored, as text."""
        with self.engine.connect() as connection:
            return "\n".join(
                str(row)
                for table in TABLES
                for row in connection.execute(sa.text(f"SELECT t::text FROM {table} t ORDER BY 1"))  # noqa: S608
            )

    def _opened(self, service: str, sealed: str, context: SealContext) -> str:
        return PrivateKeys.load(self.folder / f"{service}.sealing.jwks.json").open(sealed, context)


@pytest.fixture
def settings_for(tmp_path: Path) -> Callable[[str], InvitationSettings]:
    """Makes the settings of a `web` process: public keys, and neither private ones nor a broker."""
    keys.generate(tmp_path)

    def make(database_url: str) -> InvitationSettings:
        return InvitationSettings(
            database_url=database_url,
            public_keys_file=tmp_path / "public.jwks.json",
            link_keys_file=tmp_path / "invitation.link.jwks.json",
            session_key_file=tmp_path / "invitation.session.key",
            public_url="http://wizard.example",
            secure_cookies=False,
            brand_name="Fabrikam Voice",
            support_contact="Fabrikam's support <help@fabrikam.example>",
            verdict_seconds=0,
        )

    return make


@pytest.fixture
def reception(
    migrated_database: Callable[[str], str],
    settings_for: Callable[[str], InvitationSettings],
    tmp_path: Path,
) -> Iterator[Reception]:
    """The wizard, served over HTTP on a fresh database."""
    app, engine = build_web(settings_for(migrated_database("invitation")))
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield Reception(app, engine, tmp_path, f"http://127.0.0.1:{server.port}")
    server.shutdown()
    thread.join()
    server.server_close()
    engine.dispose()


@pytest.fixture
def admin() -> Iterator[Browser]:
    """The IT administrator's browser."""
    with Browser() as browser:
        yield browser


@pytest.fixture
def colleague() -> Iterator[Browser]:
    """Somebody else who has the same mail."""
    with Browser() as browser:
        yield browser


def _delivery(event: Event[Fact]) -> Delivery:
    body = event.data.model_dump_json().encode()
    return Delivery("invitation.inbox", wire.CONTENT_TYPE, wire.headers_of(event), body)
