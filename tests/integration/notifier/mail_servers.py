"""Mail servers that do as they are told: a real one with TLS, and one that misbehaves."""

import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult

from tenantlink_local.certificates import Certificates
from tenantlink_local.ports import any_free


@dataclass(frozen=True)
class Letter:
    """What came, and for whom the envelope says."""

    sender: str
    recipients: list[str]
    message: EmailMessage


@dataclass
class PostOffice:
    """aiosmtpd's handler. What stands in `answers` for a command is said once, in order."""

    answers: dict[str, list[str]] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    logins: list[tuple[bytes, bytes]] = field(default_factory=list)
    knows_passwords: bool = True
    port: int = 0

    async def handle_MAIL(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """A sender."""
        envelope.mail_from = address
        return self._answer("MAIL", "250 2.1.0 sender ok")

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """A recipient."""
        envelope.rcpt_tos.append(address)
        return self._answer("RCPT", "250 2.1.5 recipient ok")

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """A mail; it is kept whatever the answer is, as by a server that dies after it."""
        message = message_from_bytes(envelope.content, policy=default)
        assert isinstance(message, EmailMessage)
        self.letters.append(Letter(envelope.mail_from, envelope.rcpt_tos, message))
        return self._answer("DATA", f"250 2.0.0 queued as {len(self.letters)}")

    def authenticate(self, *arguments: Any) -> AuthResult:
        """aiosmtpd's authenticator."""
        login = arguments[-1]
        self.logins.append((login.login, login.password))
        return AuthResult(success=self.knows_passwords, handled=False)

    def _answer(self, command: str, usual: str) -> str:
        planned = self.answers.get(command)
        return planned.pop(0) if planned else usual


@contextmanager
def running(
    office: PostOffice,
    tls: Certificates | None,
    host: str = "127.0.0.1",
    implicit: bool = False,
) -> Iterator[PostOffice]:
    """Served on a free port, with STARTTLS required, or with TLS from the start, or without."""
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls.certificate, tls.key)
    if implicit:
        how: dict[str, Any] = {"ssl_context": context}
    else:
        how = {"tls_context": context, "require_starttls": tls is not None}
    office.port = any_free()
    controller = Controller(
        office, host, office.port, authenticator=office.authenticate, server_hostname=host, **how
    )
    controller.start()
    try:
        yield office
    finally:
        controller.stop()


class _Conversation(socketserver.StreamRequestHandler):
    """One connection of `RudeServer`."""

    def handle(self) -> None:
        """Command by command, without knowing any but DATA."""
        office: RudeServer = self.server.office  # type: ignore[attr-defined]
        self._say(office, "GREETING", b"220 rude ESMTP")
        while line := self.rfile.readline():
            command = line[:4].strip().upper().decode()
            office.heard.append(line.decode().strip())
            self._say(office, command, b"354 go on" if command == "DATA" else b"250 ok")
            if command == "DATA":
                while self.rfile.readline() not in (b".\r\n", b""):
                    continue
                self._say(office, "MESSAGE", b"250 taken")

    def _say(self, office: "RudeServer", command: str, usual: bytes) -> None:
        office.stopped.wait(office.delay)
        answer = office.answers.get(command, usual)
        if answer is None:
            office.stopped.wait()
        else:
            self.wfile.write(answer + b"\r\n")


@dataclass
class RudeServer:
    """Speaks no TLS, answers any bytes or (None) nothing, as late as `delay` seconds."""

    answers: dict[str, bytes | None] = field(default_factory=dict)
    delay: float = 0.0
    heard: list[str] = field(default_factory=list)
    stopped: threading.Event = field(default_factory=threading.Event)
    port: int = 0

    @contextmanager
    def running(self) -> Iterator["RudeServer"]:
        """Served on a free port of 127.0.0.1."""
        with _Server(("127.0.0.1", 0), _Conversation) as server:
            server.office = self  # type: ignore[attr-defined]
            self.port = server.server_address[1]
            thread = threading.Thread(target=server.serve_forever, args=(0.02,))
            thread.start()
            try:
                yield self
            finally:
                self.stopped.set()
                server.shutdown()
                thread.join()


class _Server(socketserver.ThreadingTCPServer):
    """Does not wait for conversations that hang; does not print those that were cut."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, *_: Any) -> None:
        """The courier hangs up when it has waited long enough."""
