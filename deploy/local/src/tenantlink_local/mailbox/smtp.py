"""The SMTP side: STARTTLS is required, any login is accepted, every mail becomes a file.

A file holds the bytes as they came, after one line of our own with the addresses of the envelope.
`behaviour` says which addresses are treated otherwise, `reports` what comes back.
"""

import asyncio
import ssl
import time
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from tenantlink_local.mailbox.behaviour import Behaviour, Clock
from tenantlink_local.mailbox.reports import report


class Keeper:
    """aiosmtpd's handler: decides about recipients and stores mails."""

    def __init__(self, folder: Path, clock: Clock = time.monotonic) -> None:
        self._folder = folder
        self._numbers = count(max((int(each.stem) for each in folder.glob("*.eml")), default=0) + 1)
        self._behaviour = Behaviour(clock)

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """One recipient."""
        treatment = self._behaviour.treat(address)
        await asyncio.sleep(treatment.seconds)
        if treatment.is_taken:
            envelope.rcpt_tos.append(address)
        return treatment.answer

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:
        """One mail, and what comes back of it."""
        number = self._keep(envelope.rcpt_tos, envelope.content)
        for address in envelope.rcpt_tos:
            if status := self._behaviour.treat(address).bounces:
                self._keep([envelope.mail_from], report(envelope, address, status))
        return f"250 2.0.0 kept as {number}"

    def _keep(self, recipients: list[str], content: bytes) -> int:
        number = next(self._numbers)
        line = f"X-Rcpt-To: {', '.join(recipients)}\r\n".encode()
        unfinished = self._folder / f"{number:06}.part"
        unfinished.write_bytes(line + content)
        unfinished.rename(self._folder / f"{number:06}.eml")
        return number


def start(folder: Path, port: int, certificate: Path, key: Path) -> Controller:
    """Listen on 127.0.0.1 in a thread."""
    folder.mkdir(parents=True, exist_ok=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    controller = Controller(
        Keeper(folder),
        hostname="127.0.0.1",
        port=port,
        tls_context=context,
        require_starttls=True,
        authenticator=lambda *_: AuthResult(success=True),
    )
    controller.start()
    return controller
