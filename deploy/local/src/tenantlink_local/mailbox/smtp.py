"""The SMTP side: STARTTLS is required, any login is accepted, every mail becomes a file.

A file holds the bytes as they came, after one line of our own with the addresses of the envelope.

Two local parts let tests see refusals: `refuse-550` is refused for good, `later-450` at first.
"""

import ssl
from itertools import count
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult


class Keeper:
    """aiosmtpd's handler: decides about recipients and stores mails."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._numbers = count(max((int(each.stem) for each in folder.glob("*.eml")), default=0) + 1)
        self._asked: set[str] = set()

    async def handle_RCPT(
        self, _server: SMTP, _session: Any, envelope: Any, address: str, _options: list[str]
    ) -> str:
        """One recipient."""
        local_part = address.partition("@")[0]
        if local_part == "refuse-550":
            return "550 5.1.1 no such user here"
        if local_part == "later-450" and address not in self._asked:
            self._asked.add(address)
            return "450 4.2.0 greylisted, try again later"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 recipient ok"

    async def handle_DATA(self, _server: SMTP, _session: Any, envelope: Any) -> str:
        """One mail."""
        number = next(self._numbers)
        recipients = f"X-Rcpt-To: {', '.join(envelope.rcpt_tos)}\r\n".encode()
        unfinished = self._folder / f"{number:06}.part"
        unfinished.write_bytes(recipients + envelope.content)
        unfinished.rename(self._folder / f"{number:06}.eml")
        return f"250 2.0.0 kept as {number}"


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
