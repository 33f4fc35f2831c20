"""A rendered mail as an RFC 5322 message, with the headers that make it a well-behaved one."""

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from uuid import UUID

from notifier.adapters.mail_templates import LOGO, MailTemplates, Rendered
from notifier.app.ports import Composed
from notifier.domain.addresses import mailbox, one_address
from notifier.domain.mails import Outgoing
from tenantlink_runtime.brands import Brand, Brands
from tenantlink_runtime.clock import Clock


def compose(
    mail_id: UUID,
    recipient: Address,
    rendered: Rendered,
    brand: Brand,
    sender: Address,
    date: datetime,
) -> EmailMessage:
    """One mail to one recipient; the Message-ID follows from `mail_id`, so it is the same at every
    try. Answers go to the brand's support, never to the sender."""
    author = mailbox(brand.sender) if brand.sender else sender
    message = EmailMessage()
    message["From"] = author
    message["To"] = recipient
    if brand.support:
        message["Reply-To"] = mailbox(brand.support)
    message["Subject"] = rendered.subject
    message["Date"] = format_datetime(date)
    message["Message-ID"] = f"<{mail_id}@{author.domain}>"
    message["Auto-Submitted"] = "auto-generated"  # RFC 3834: no machine shall answer
    message["X-Auto-Response-Suppress"] = "All"
    message.set_content(rendered.text)
    message.add_alternative(rendered.html, subtype="html")
    message["Content-Language"] = rendered.language  # before, it would move into the first part
    if rendered.logo:
        _add_logo(message, rendered.logo)
    return message


@dataclass(frozen=True)
class MessageComposer:
    """A mail as it would be sent, for whoever only wants to see it."""

    templates: MailTemplates
    brands: Brands
    sender: Address
    clock: Clock

    def compose(self, outgoing: Outgoing) -> Composed:
        """One mail to one recipient; ValueError where that is not exactly one address."""
        rendered = self.templates.render(outgoing)
        message = compose(
            outgoing.mail_id,
            one_address(outgoing.recipient),
            rendered,
            self.brands.find(outgoing.brand),
            self.sender,
            self.clock(),
        )
        return Composed(
            rendered.subject, rendered.text, rendered.html, rendered.logo, message.as_bytes()
        )


def envelope_sender(bounces: Address, mail_id: UUID) -> str:
    """An address of its own for every mail (VERP): a report that comes to it says by that alone
    which mail it is about."""
    return one_address(f"{bounces.username}+{mail_id.hex}@{bounces.domain}").addr_spec


def _add_logo(message: EmailMessage, png: bytes) -> None:
    """Sent along: nothing is fetched when the mail is opened, and nobody learns that it was."""
    html = message.get_body(("html",))
    if isinstance(html, EmailMessage):
        identifier = f"<{LOGO.removeprefix('cid:')}>"
        html.add_related(png, "image", "png", cid=identifier, disposition="inline")
