"""Takes mails to a mail server with aiosmtplib, and puts its answer into our words."""

import asyncio
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.message import EmailMessage
from pathlib import Path
from typing import Literal
from uuid import UUID

import aiosmtplib

from notifier.adapters.mail_templates import MailTemplates
from notifier.adapters.messages import compose, envelope_sender
from notifier.app.ports import Accepted, Deferred, Refused
from notifier.domain.addresses import one_address
from notifier.domain.bounces import server_words
from notifier.domain.mails import Outgoing
from tenantlink_runtime import coroutines
from tenantlink_runtime.brands import Brands
from tenantlink_runtime.clock import Clock

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
    """One connection per mail and one recipient per mail. Reports of mails that came back go to
    `bounces`, where it is set, else to the sender."""

    def __init__(
        self,
        server: SmtpServer,
        sender: Address,
        templates: MailTemplates,
        brands: Brands,
        clock: Clock,
        bounces: Address | None = None,
    ) -> None:
        self._server = server
        self._sender = sender
        self._templates = templates
        self._brands = brands
        self._bounces = bounces
        self._clock = clock
        self._tls = server.tls_context()

    def send(self, outgoing: Outgoing) -> Accepted | Deferred | Refused:
        """The server's answer; what is not exactly one address is refused without asking it."""
        try:
            recipient = one_address(outgoing.recipient)
        except ValueError as error:
            return Refused(f"The address cannot be used: {error}.")
        message = compose(
            outgoing.mail_id,
            recipient,
            self._templates.render(outgoing),
            self._brands.find(outgoing.brand),
            self._sender,
            self._clock(),
        )
        return coroutines.wait_for(self._answered(message, recipient, outgoing.mail_id))

    async def _answered(
        self, message: EmailMessage, recipient: Address, mail_id: UUID
    ) -> Accepted | Deferred | Refused:
        """Failures become answers in here: the hub prints whatever a coroutine raises."""
        try:
            return Accepted(_words(250, await self._submit(message, recipient, mail_id)))
        except aiosmtplib.SMTPRecipientsRefused as error:
            return _answer(error.recipients[0])
        except aiosmtplib.SMTPResponseException as error:
            return _answer(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return Deferred(server_words(str(error)) or "The mail server was too slow.")

    async def _submit(self, message: EmailMessage, recipient: Address, mail_id: UUID) -> str:
        client = self._client()
        try:
            async with asyncio.timeout(self._server.total_seconds):
                await client.connect()
                reports = await _gives_reports(client)
                _, words = await client.send_message(
                    message,
                    sender=self._envelope_sender(message, mail_id),
                    recipients=[recipient.addr_spec],
                    mail_options=_report_with(mail_id) if reports else [],
                    rcpt_options=["NOTIFY=FAILURE"] if reports else [],
                )
            # The mail is accepted: a farewell that fails must not lead to a second one.
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()
        return words

    def _envelope_sender(self, message: EmailMessage, mail_id: UUID) -> str:
        if self._bounces is not None:
            return envelope_sender(self._bounces, mail_id)
        author: Address = message["From"].addresses[0]
        return author.addr_spec

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


async def _gives_reports(client: aiosmtplib.SMTP) -> bool:
    """Known from the server's greeting; one too old for EHLO is greeted otherwise afterwards."""
    if client.is_ehlo_or_helo_needed:
        with suppress(aiosmtplib.SMTPHeloError):
            await client.ehlo()
    return client.supports_extension("dsn")


def _report_with(mail_id: UUID) -> list[str]:
    """RFC 3461: a report names our mail, and does not carry its text, in which the link stands."""
    return ["RET=HDRS", f"ENVID={mail_id}"]


def _answer(error: aiosmtplib.SMTPResponseException) -> Deferred | Refused:
    words = _words(error.code, error.message)
    if error.code >= 500 and isinstance(error, _ABOUT_THE_MAIL):
        return Refused(words)
    return Deferred(words)


def _words(code: int, message: str) -> str:
    return server_words(f"{code} {message}")
