"""Runs credential-validator's `work` process, publishes to it, and looks at what came of it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import kombu
import sqlalchemy as sa

from tenantlink_contracts import names, wire
from tenantlink_contracts.credential_validator import AuthenticationProgressed
from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_local.entra.directory import App
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.sealing import PublicKeys, SealContext
from tests.support.events import SUBJECT, an_event
from tests.support.waiting import eventually

HEARD = "test.heard-of-credential-validator"
READERS = ("credential-validator.inbox", "onboarding.inbox", "invitation.inbox")


@dataclass
class Validator:
    """The service's surroundings: database, broker, keys, and its process when it runs."""

    engine: sa.Engine
    admin_amqp_url: str
    folder: Path
    environment: dict[str, str]

    @property
    def log(self) -> str:
        """What the process has said."""
        return (self.folder / "validator.log").read_text()

    @contextmanager
    def running(self, **changes: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A `work` process, killed at the end."""
        named = {**self.environment, **changes}
        own = {f"CREDENTIAL_VALIDATOR_{name}": value for name, value in named.items()}
        with (self.folder / "validator.log").open("w") as output:
            process = subprocess.Popen(
                [sys.executable, "-m", "credential_validator", "work"],
                env={**os.environ, **own},
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    @contextmanager
    def listening(self) -> Iterator[None]:
        """Hear all that the service publishes; leave nothing for other tests to find."""
        with self._channel() as channel:
            for queue in READERS:
                channel.queue_purge(queue)
            channel.queue_declare(HEARD, durable=True, auto_delete=False)
            channel.queue_bind(HEARD, names.exchange(names.CREDENTIAL_VALIDATOR), "#")
        yield
        with self._channel() as channel:
            channel.queue_delete(HEARD)
            for queue in READERS:
                channel.queue_purge(queue)

    def submit(
        self,
        app: App,
        tenant: str,
        secret: str = "",
        client_id: UUID | None = None,
        round: int = 1,
    ) -> UUID:
        """Enter a registration, its secret sealed as the wizard seals it; the submission's id."""
        public = PublicKeys.load(self.folder / "public.jwks.json")
        context = SealContext(CredentialsSubmitted, SUBJECT, round)
        seal = public.seal(secret or app.secrets[0].value, names.CREDENTIAL_VALIDATOR, context)
        event = an_event(
            CredentialsSubmitted,
            round=round,
            submission_id=new_id(),
            tenant=tenant,
            client_id=client_id or app.client_id,
            credential={"sealed": seal},
        )
        self.publish(event)
        return event.data.submission_id

    def publish(self, event: Event[Any]) -> None:
        """As the relay of the event's publisher would."""
        with kombu.Connection(
            self.admin_amqp_url, transport_options={"confirm_publish": True}
        ) as connection:
            kombu.Producer(connection).publish(
                event.data.model_dump_json().encode(),
                exchange=names.exchange(event.source.rpartition("/")[2]),
                routing_key=event.data.event_name(),
                headers=wire.headers_of(event),
                content_type=wire.CONTENT_TYPE,
                content_encoding="utf-8",
                delivery_mode=2,
                mandatory=True,
            )

    def hear(self) -> Any:
        """The next fact that the service publishes."""
        return eventually(self._next_heard, seconds=90, what="a published fact")

    def hear_answer(self) -> Any:
        """The next fact that is no news of progress."""
        while isinstance(heard := self.hear(), AuthenticationProgressed):
            continue
        return heard

    def answers(self) -> list[Any]:
        """What was published and not heard, without news of progress."""
        heard = iter(self._next_heard, None)
        return [fact for fact in heard if not isinstance(fact, AuthenticationProgressed)]

    def attempts(self) -> int:
        """How often the waiting job was tried."""
        return int(self._scalar("SELECT coalesce(max(attempts), 0) FROM jobs"))

    def jobs(self) -> int:
        """How many jobs there are."""
        return int(self._scalar("SELECT count(*) FROM jobs"))

    def everything(self) -> str:
        """All that is stored, in all tables, as text; bytes also as what they say."""
        with self.engine.connect() as connection:
            rows = [
                str(value.tobytes() if isinstance(value, memoryview) else value)
                for table in sa.inspect(connection).get_table_names()
                for row in connection.execute(sa.text(f'SELECT * FROM "{table}"'))  # noqa: S608
                for value in row
            ]
        return "\n".join(rows)

    def _next_heard(self) -> Any:
        with self._channel() as channel:
            message = channel.basic_get(HEARD, no_ack=True)
        if message is None:
            return None
        event = wire.read_event(wire.CONTENT_TYPE, dict(message.headers), message.body)
        if not isinstance(event, Event):
            raise AssertionError(f"not an event of ours: {event}")
        return event.data

    def _scalar(self, query: str) -> Any:
        with self.engine.connect() as connection:
            return connection.execute(sa.text(query)).scalar_one()

    @contextmanager
    def _channel(self) -> Iterator[Any]:
        with kombu.Connection(self.admin_amqp_url) as connection:
            yield connection.channel()
