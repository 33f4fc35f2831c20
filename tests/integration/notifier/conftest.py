"""The courier in a process of its own, and the certificates of the mail servers it meets."""

import json
import select
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa

from tenantlink_local import certificates
from tenantlink_local.certificates import Certificates
from tenantlink_runtime import keys
from tests.integration.notifier.mail_servers import PostOffice, RudeServer, running
from tests.integration.notifier.office import Notifier
from tests.support.events import MAIL
from tests.support.servers import TestServers

ROOT = Path(__file__).parents[3]
LIMIT_SECONDS = 60.0


@dataclass(frozen=True)
class Answer:
    """What the courier said about a mail, and how long it took."""

    kind: str
    words: str
    seconds: float


@dataclass(frozen=True)
class CourierProcess:
    """The courier on a `work` process' hub."""

    process: "subprocess.Popen[str]"
    ca: Path

    def send(
        self,
        office: PostOffice | RudeServer,
        recipient: str = "admin@contoso.example",
        mail_id: UUID = MAIL,
        full_name: str = "Contoso Direct Routing",
        bounces: str = "",
        **server: Any,
    ) -> Answer:
        """One mail."""
        (answer,) = self.send_together(
            self.asked(office, recipient, mail_id, full_name, bounces, **server),
        )
        return answer

    def asked(
        self,
        office: PostOffice | RudeServer,
        recipient: str = "admin@contoso.example",
        mail_id: UUID = MAIL,
        full_name: str = "Contoso Direct Routing",
        bounces: str = "",
        **server: Any,
    ) -> dict[str, Any]:
        """A mail of a batch; servers that are rude speak no TLS."""
        usual = {
            "host": "127.0.0.1",
            "port": office.port,
            "security": "none" if isinstance(office, RudeServer) else "starttls",
            "ca_file": str(self.ca),
            "step_seconds": 2.0,
            "total_seconds": 10.0,
        }
        return {
            "server": usual | server,
            "recipient": recipient,
            "mail_id": str(mail_id),
            "full_name": full_name,
            "bounces": bounces,
        }

    def send_together(self, *asked: dict[str, Any]) -> list[Answer]:
        """Several mails at the same time."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(asked) + "\n")
        self.process.stdin.flush()
        return [Answer(*each) for each in json.loads(self.next_line())]

    def next_line(self) -> str:
        """What the process says next; waiting has a limit."""
        assert self.process.stdout is not None
        readable, _, _ = select.select([self.process.stdout], [], [], LIMIT_SECONDS)
        assert readable, f"the courier said nothing for {LIMIT_SECONDS} s"
        return self.process.stdout.readline()


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """A CA and the certificate of a mail server on this machine."""
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def courier(tls: Certificates) -> Iterator[CourierProcess]:
    """Started once for all tests of a module."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.notifier.courier_process"],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        try:
            started = CourierProcess(process, tls.ca)
            assert started.next_line() == "ready\n"
            yield started
        finally:
            process.kill()


@pytest.fixture
def office(tls: Certificates) -> Iterator[PostOffice]:
    """A mail server that takes everything after STARTTLS."""
    with running(PostOffice(), tls) as served:
        yield served


@pytest.fixture
def notifier(
    servers: TestServers,
    migrated_database: Callable[[str], str],
    office: PostOffice,
    tls: Certificates,
    tmp_path: Path,
) -> Iterator[Notifier]:
    """A running `work` process, whose mails go to `office`."""
    keys.generate(tmp_path)
    engine = sa.create_engine(migrated_database("notifier"))
    prepared = Notifier(engine, servers.amqp_url, tmp_path, office)
    prepared.listen()
    with prepared.running(servers.service_amqp_urls["notifier"], tls):
        yield prepared
    engine.dispose()
