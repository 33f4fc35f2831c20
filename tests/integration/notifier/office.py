"""A running notifier: what it is told, what it tells, what it mails, what it stores and logs."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import kombu
import sqlalchemy as sa

from tenantlink_contracts import wire
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.names import NOTIFIER, exchange
from tenantlink_local.certificates import Certificates
from tenantlink_runtime.sealing import PublicKeys, SealContext
from tests.integration.notifier.mail_servers import Letter, PostOffice
from tests.support.notifier_builders import LINK
from tests.support.ports import free_port
from tests.support.waiting import eventually

HEARD = "test.notifier.heard"


@dataclass
class Notifier:
    """A `work` process of notifier with its own broker user, database, keys and mail server."""

    engine: sa.Engine
    admin_amqp_url: str
    folder: Path
    mails: PostOffice
    heard: list[Event[Fact]] = field(default_factory=list)

    @property
    def log(self) -> str:
        """All that the process has printed, on both ways out."""
        return (self.folder / "notifier.log").read_text()

    settings: dict[str, str] = field(default_factory=dict)

    def command(self, *arguments: str, stdin: bytes = b"") -> str:
        """What a command of notifier says that somebody runs beside the process."""
        done = subprocess.run(
            [sys.executable, "-m", "notifier", *arguments],
            env={**os.environ, **self.settings},
            input=stdin,
            capture_output=True,
            timeout=60,
            check=True,
        )
        return done.stdout.decode()

    def seal(self, subject: UUID, round_: int = 1, link: str = LINK) -> str:
        """A link, sealed to notifier as invitation does it."""
        keys = PublicKeys.load(self.folder / "public.jwks.json")
        return keys.seal(link, NOTIFIER, SealContext(InvitationIssued, subject, round_))

    def tell(self, *events: Event[Fact]) -> None:
        """As other services' relays would."""
        with kombu.Connection(
            self.admin_amqp_url, transport_options={"confirm_publish": True}
        ) as connection:
            for event in events:
                kombu.Producer(connection).publish(
                    event.data.model_dump_json().encode(),
                    exchange=exchange(event.data.publishers[0]),
                    routing_key=event.data.event_name(),
                    headers=wire.headers_of(event),
                    content_type=wire.CONTENT_TYPE,
                    content_encoding="utf-8",
                    delivery_mode=2,
                )

    def says(self, kind: type[Fact], subject: UUID) -> Any:
        """Wait for the fact of a kind that notifier publishes about a subject."""

        def found() -> list[Fact]:
            self.heard += self._heard_since()
            about = [each.data for each in self.heard if each.subject == subject]
            return [fact for fact in about if isinstance(fact, kind)]

        return eventually(found, 30, f"{kind.__name__} about {subject}")[0]

    def mail_to(self, address: str) -> Letter:
        """Wait for a mail to somebody."""
        return eventually(lambda: self.mails_to(address), 30, f"a mail to {address}")[0]

    def mails_to(self, address: str) -> list[Letter]:
        """What has come for somebody by now."""
        return [letter for letter in self.mails.letters if address in letter.recipients]

    def hurry(self) -> None:
        """Let what was put off be due."""
        with self.engine.begin() as connection:
            connection.execute(sa.text("UPDATE jobs SET due_at = now()"))

    def jobs(self) -> int:
        """How many mails are still to be sent."""
        with self.engine.connect() as connection:
            return int(connection.execute(sa.text("SELECT count(*) FROM jobs")).scalar_one())

    def everything(self) -> str:
        """Every row of every table as text; bytes are read as text, too."""
        rows: list[str] = []
        with self.engine.connect() as connection:
            for table in sa.inspect(connection).get_table_names():
                rows += connection.scalars(sa.text(f'SELECT t::text FROM "{table}" t'))  # noqa: S608
        hidden = [
            bytes.fromhex(each) for row in rows for each in re.findall(r"\\x([0-9a-f]+)", row)
        ]
        return "\n".join([*rows, *(each.decode(errors="replace") for each in hidden)])

    def _heard_since(self) -> Iterator[Event[Fact]]:
        with kombu.Connection(self.admin_amqp_url) as connection:
            channel = connection.channel()
            while message := channel.basic_get(HEARD, no_ack=True):
                event = wire.read_event(wire.CONTENT_TYPE, message.headers, message.body)
                assert isinstance(event, Event)
                yield event

    def listen(self) -> None:
        """Hear all that notifier publishes; forget what other tests have told it."""
        with kombu.Connection(self.admin_amqp_url) as connection:
            channel = connection.channel()
            channel.queue_declare(HEARD, durable=True, auto_delete=False)
            channel.queue_bind(HEARD, exchange(NOTIFIER), "#")
            for queue in (HEARD, f"{NOTIFIER}.inbox"):
                channel.queue_purge(queue)

    @contextmanager
    def running(self, amqp_url: str, tls: Certificates) -> Iterator["Notifier"]:
        """Killed at the end, whatever happened."""
        settings = self._settings(amqp_url, tls)
        self.settings = {f"NOTIFIER_{name}": text for name, text in settings.items()}
        with (self.folder / "notifier.log").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "notifier", "work"],
                env={**os.environ, **self.settings},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield self
            assert process.poll() is None, f"notifier has ended:\n{self.log[-3000:]}"
        finally:
            process.kill()
            process.wait()

    def _settings(self, amqp_url: str, tls: Certificates) -> dict[str, str]:
        return {
            "DATABASE_URL": self.engine.url.render_as_string(hide_password=False),
            "AMQP_URL": amqp_url,
            "INTERNAL_PORT": str(free_port()),
            "LOG_LEVEL": "DEBUG",
            "PUBLIC_KEYS_FILE": str(self.folder / "public.jwks.json"),
            "SEALING_KEYS_FILE": str(self.folder / "notifier.sealing.jwks.json"),
            "SMTP_HOST": "127.0.0.1",
            "SMTP_PORT": str(self.mails.port),
            "TLS_CA_FILE": str(tls.ca),
            "SENDER": "Fabrikam Voice <no-reply@fabrikam.example>",
            "BRAND_NAME": "Fabrikam Voice",
        }


def entries(log: str) -> list[dict[str, Any]]:
    """The log's lines, but for one that is still being written; each has to be JSON."""
    return [json.loads(line) for line in log[: log.rfind("\n") + 1].splitlines()]
