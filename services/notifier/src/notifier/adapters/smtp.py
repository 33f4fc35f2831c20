"""Takes mails to a mail server with aiosmtplib, and puts its answer into our words."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import Literal
from uuid import UUID

import aiosmtplib

from notifier.adapters.mail_templates import MailTemplates, Rendered
from notifier.app.ports import Accepted, Deferred, Refused
from notifier.domain.addresses import one_address
from notifier.domain.mails import Mail
from tenantlink_runtime import coroutines
from tenantlink_runtime.clock import Clock

MAX_WORDS = 500

# Only these answers are about the mail. A refused greeting, login or sender is about our settings:
# whoever runs the system mends them, and the mails of that time must not have been given up.
_ABOUT_THE_MAIL = (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)


@dataclass(frozen=True)
class SmtpServer:
    """Where mails go. `security` is how the connection is encrypted.

    `step_seconds` is the longest wait for one answer, `total_seconds` for all of a mail's, which
    is well below the lease of a job, so that no other process sends the same mail meanwhile.
    """

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    ca_file: Path | None = None
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    step_seconds: float = 15.0
    total_seconds: float = 45.0

    def tls_context(self) -> ssl.SSLContext | None:
        """Certificates are always verified, against our own CA where one is given."""
        if self.security == "none":
            return None
        return coroutines.tls_context(self.ca_file)


class SmtpCourier:
    """One connection per mail and one recipient per mail."""

    def __init__(
        self,
        server: SmtpServer,
        sender: Address,
        templates: MailTemplates,
        clock: Clock,
        reply_to: Address | None = None,
    ) -> None:
        self._server = server
        self._sender = sender
        self._reply_to = reply_to
        self._templates = templates
        self._clock = clock
        self._tls = server.tls_context()

    def send(self, mail_id: UUID, recipient: str, mail: Mail) -> Accepted | Deferred | Refused:
        """The server's answer; what is not exactly one address is refused without asking it."""
        try:
            address = one_address(recipient)
        except ValueError as error:
            return Refused(f"The address cannot be used: {error}.")
        message = self._compose(mail_id, address, self._templates.render(mail))
        return coroutines.wait_for(self._answered(message, address))

    async def _answered(
        self, message: EmailMessage, recipient: Address
    ) -> Accepted | Deferred | Refused:
        """Failures become answers in here: the hub prints whatever a coroutine raises."""
        try:
            return Accepted(_words(250, await self._submit(message, recipient)))
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _answer(error.recipients[0])
        except aiosmtplib.SMTPResponseException as error:
            return _answer(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Deferred(_one_line(str(error)) or "The mail server was too slow.")

    async def _submit(self, message: EmailMessage, recipient: Address) -> str:
        client = self._client()
        try:
            async with asyncio.timeout(self._server.total_seconds):
                await client.connect()
                _, words = await client.send_message(
                    message, sender=self._sender.addr_spec, recipients=[recipient.addr_spec]
                )
            # The mail is accepted: a farewell that fails must not lead to a second one.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()
        return words

    def _client(self) -> aiosmtplib.SMTP:
        server = self._server
        return aiosmtplib.SMTP(
            hostname=server.host,
            port=server.port,
            username=server.username,
            password=server.password,
            use_tls=server.security == "tls",
            start_tls=server.security == "starttls",
            tls_context=self._tls,
            timeout=server.step_seconds,
        )

    def _compose(self, mail_id: UUID, recipient: Address, rendered: Rendered) -> EmailMessage:
        message = EmailMessage()
        message["From"] = self._sender
        message["To"] = recipient
        if self._reply_to:
            message["Reply-To"] = self._reply_to
        message["Subject"] = rendered.subject
        message["Date"] = format_datetime(self._clock())
        message["Message-ID"] = f"<{mail_id}@{self._sender.domain}>"
        message["Auto-Submitted"] = "auto-generated"
        message["X-Auto-Response-Suppress"] = "All"
        message.set_content(rendered.text)
        message.add_alternative(rendered.html, subtype="html")
        return message


def _answer(error: aiosmtplib.SMTPResponseException) -> Deferred | Refused:
    words = _words(error.code, error.message)
    if error.code >= 500 and isinstance(error, _ABOUT_THE_MAIL):
        return Refused(words)
    return Deferred(words)


def _words(code: int, message: str) -> str:
    return _one_line(f"{code} {message}")


def _one_line(text: str) -> str:
    """Bytes of any kind may come from a server; these are printable, and not without end."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split())[:MAX_WORDS]
