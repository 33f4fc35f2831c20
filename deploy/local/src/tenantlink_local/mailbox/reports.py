"""The report (RFC 3464) that a mail server sends when a mail that it had taken cannot be delivered.

It returns the headers alone, as a server does that is asked for that (RFC 3461, RET=HDRS).
"""

from email import message_from_bytes
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.mime.text import MIMEText
from email.utils import formatdate, make_msgid
from typing import Any

HOST = "mailbox.tenantlink.example"


def report(envelope: Any, recipient: str, status: str) -> bytes:
    """About one recipient; goes to the envelope's sender."""
    whole = MIMEMultipart("report")
    whole.set_param("report-type", "delivery-status")
    whole["From"] = f"Mail Delivery System <mailer-daemon@{HOST}>"
    whole["To"] = str(envelope.mail_from)
    whole["Subject"] = "Undelivered Mail Returned to Sender"
    whole["Date"] = formatdate()
    whole["Message-ID"] = make_msgid(domain=HOST)
    whole["Auto-Submitted"] = "auto-replied"
    whole.attach(MIMEText(f"The mail to {recipient} could not be delivered.\n"))
    whole.attach(_status(recipient, status))
    headers = MIMENonMultipart("text", "rfc822-headers")
    headers.set_payload(_headers_of(envelope.content))
    whole.attach(headers)
    return whole.as_bytes()


def _status(recipient: str, status: str) -> Message:
    """One block about the mail, one about the recipient (RFC 3464, 2.1)."""
    mail, person = Message(), Message()
    mail["Reporting-MTA"] = f"dns; {HOST}"
    person["Final-Recipient"] = f"rfc822; {recipient}"
    person["Action"] = "failed"
    person["Status"] = status
    person["Diagnostic-Code"] = f"smtp; 550 {status} this mailbox no longer exists"
    part = MIMENonMultipart("message", "delivery-status")
    part.set_payload([mail, person])
    return part


def _headers_of(content: bytes) -> str:
    message = message_from_bytes(content)
    return "".join(f"{name}: {value}\n" for name, value in message.items())
