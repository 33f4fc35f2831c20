"""Takes mails to a mail server with aiosmtplib, and puts its answer into our words."""

import ssl
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr
from pathlib import Path
from typing import Literal
from uuid import UUID

import aiosmtplib

from notifier.adapters.mail_templates import MailTemplates
from notifier.app.ports import Accepted, Deferred, Refused
from notifier.domain.mails import Mail
from tenantlink_runtime import coroutines
from tenantlink_runtime.clock import Clock

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True)
class SmtpServer:
    """Where mails go. `security` is how the connection is encrypted."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    ca_file: Path | None = None
    username: str | None = None
    password: str | None = None

    def tls_context(self) -> ssl.SSLContext | None:
        """Certificates are always verified, against our own CA where one is given."""
        if self.security == "none":
            return None
        return coroutines.tls_context(self.ca_file)


class SmtpCourier:
    """One connection per mail and one recipient per mail."""

    def __init__(
        self, server: SmtpServer, sender: str, templates: MailTemplates, clock: Clock
    ) -> None:
        self._server = server
        self._sender_name, self._sender_address = parseaddr(sender)
        self._templates = templates
        self._clock = clock
        self._tls = server.tls_context()

    def send(self, mail_id: UUID, recipient: str, mail: Mail) -> Accepted | Deferred | Refused:
        """The server's answer; an address that cannot be put into a header is refused."""
        try:
            message = self._compose(mail_id, recipient, mail)
        except ValueError as error:
            return Refused(f"The address cannot be used: {error}")
        try:
            _, words = coroutines.wait_for(self._submit(message, recipient))
        except aiosmtplib.SMTPResponseException as error:
            words = f"{error.code} {error.message}"
            return Refused(words) if error.code >= 500 else Deferred(words)
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Deferred(f"{type(error).__name__}: {error}")
        return Accepted(words)

    async def _submit(self, message: EmailMessage, recipient: str) -> tuple[object, str]:
        server = self._server
        return await aiosmtplib.send(
            message,
            sender=self._sender_address,
            recipients=[recipient],
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
            timeout=TIMEOUT_SECONDS,
        )

    def _compose(self, mail_id: UUID, recipient: str, mail: Mail) -> EmailMessage:
        rendered = self._templates.render(mail)
        message = EmailMessage()
        message["From"] = Address(self._sender_name, addr_spec=self._sender_address)
        message["To"] = Address(addr_spec=recipient)
        message["Subject"] = rendered.subject
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{mail_id}@{self._sender_address.rpartition('@')[2]}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(rendered.text)
        message.add_alternative(rendered.html, subtype="html")
        return message


def _refused(error: aiosmtplib.SMTPRecipientsRefused) -> Deferred | Refused:
    first = error.recipients[0]
    words = f"{first.code} {first.message}"
    return Refused(words) if first.code >= 500 else Deferred(words)
