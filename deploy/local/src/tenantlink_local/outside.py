"""The outside world as child processes: Entra with Graph and the identity provider, and mail.

Tests start it alone, beside the servers; the product is pointed at it by settings.
"""

import ssl
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path

from tenantlink_local import process
from tenantlink_local.certificates import Certificates

CLIENT_ID = "tenantlink-console"


@dataclass(frozen=True)
class Outside:
    """What the simulators are made of. `ports` needs `entra`, `mailbox`, `smtp`, `console`."""

    folder: Path
    ports: dict[str, int]
    certificates: Certificates
    client_secret_file: Path
    directory: Path | None = None

    @property
    def entra_url(self) -> str:
        """Entra, Graph and, under /operators, the identity provider."""
        return f"https://127.0.0.1:{self.ports['entra']}"

    @property
    def mailbox_url(self) -> str:
        """Where mails can be read."""
        return f"http://127.0.0.1:{self.ports['mailbox']}"

    def start(self, started: process.Started) -> None:
        """Start both at once and wait until they answer."""
        entra = self._entra(started)
        mailbox = self._mailbox(started)
        ca = self.certificates.ca
        process.await_ready(entra, lambda: answers_tls(f"{self.entra_url}/health", ca))
        process.await_ready(mailbox, lambda: process.answers(self.mailbox_url))

    def _entra(self, started: process.Started) -> process.Child:
        back = f"http://127.0.0.1:{self.ports['console']}/auth/callback"
        arguments = ["--port", str(self.ports["entra"]), "--redirect-uri", back]
        arguments += ["--client-id", CLIENT_ID]
        arguments += ["--client-secret-file", str(self.client_secret_file)]
        if self.directory is not None:
            arguments += ["--directory", str(self.directory)]
        return self._python("entra", ["tenantlink_local.entra.server", *arguments], started)

    def _mailbox(self, started: process.Started) -> process.Child:
        arguments = ["--folder", str(self.folder / "mails")]
        arguments += ["--smtp-port", str(self.ports["smtp"])]
        arguments += ["--page-port", str(self.ports["mailbox"])]
        return self._python("mailbox", ["tenantlink_local.mailbox", *arguments], started)

    def _python(self, name: str, module: list[str], started: process.Started) -> process.Child:
        tls = ["--certificate", str(self.certificates.certificate)]
        tls += ["--key", str(self.certificates.key)]
        command = [sys.executable, "-m", *module, *tls]
        log = self.folder / f"{name}.log"
        child = process.start(name, command, log, process.environment())
        started(child)
        return child


def answers_tls(url: str, ca: Path) -> bool:
    """Whether a URL answers with success, with a certificate of this CA."""
    context = ssl.create_default_context(cafile=str(ca))
    try:
        with urllib.request.urlopen(url, timeout=2, context=context):  # noqa: S310  our own URL
            return True
    except OSError:
        return False
