"""Reads delivery status notifications (RFC 3464) that a mail server pipes to `notifier bounce`.

A report comes from anybody, so nothing in it is believed but which mail it is about and what a
server said, and both are bounded. Whatever cannot be read is a value that says why.
"""

import re
from collections.abc import Iterator
from email import policy
from email.message import Message
from email.parser import BytesParser
from itertools import islice
from uuid import UUID

from notifier.domain.bounces import MAX_BYTES, Bounce, NotOurs, server_words

MAX_PARTS = 50
_HEX = r"[0-9a-fA-F]"
_UUID = re.compile(rf"{_HEX}{{8}}-(?:{_HEX}{{4}}-){{3}}{_HEX}{{12}}")
_VERP = re.compile(rf"\+({_HEX}{{32}})@")
_MESSAGE_ID = re.compile(r"^message-id:((?:.|\r?\n[ \t]){0,300})", re.IGNORECASE | re.MULTILINE)
_RECIPIENT_HEADERS = ("X-Original-To", "Delivered-To", "Envelope-To", "To")
_ORIGINAL = ("message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers")
_STATUS = ("message/delivery-status", "message/global-delivery-status")


def read_report(report: bytes) -> Bounce | NotOurs:
    """Which mail came back, and why."""
    if len(report) > MAX_BYTES:
        return NotOurs(f"it has more than {MAX_BYTES} bytes")
    try:
        message = BytesParser(policy=policy.compat32).parsebytes(report)
        parts = list(islice(message.walk(), MAX_PARTS))
        return _read(message, parts)
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError) as error:
        return NotOurs(f"it cannot be read ({type(error).__name__})")


def _read(message: Message, parts: list[Message]) -> Bounce | NotOurs:
    blocks = list(_status_blocks(parts))
    actions = [_text(block, "Action").strip().lower() for block in blocks]
    if not any(actions):
        return NotOurs("it is no report about a delivery")
    mail_id = _mail_id(message, parts, blocks)
    if mail_id is None:
        return NotOurs("it names no mail of ours")
    if "failed" in actions:
        return Bounce(mail_id, True, _words(blocks[actions.index("failed")]))
    if "delayed" in actions:
        return Bounce(mail_id, False, _words(blocks[actions.index("delayed")]))
    return NotOurs("it tells of no failure")


def _status_blocks(parts: list[Message]) -> Iterator[Message]:
    """The fields about the message, then those about each recipient (RFC 3464, 2.1)."""
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() in _STATUS and isinstance(payload, list):
            yield from (each for each in payload[:MAX_PARTS] if isinstance(each, Message))


def _mail_id(message: Message, parts: list[Message], blocks: list[Message]) -> UUID | None:
    """By the envelope's id, the original's Message-ID, or the address that the report came to."""
    original = (part for part in parts if part.get_content_type() in _ORIGINAL)
    named = [
        *(_text(block, "Original-Envelope-Id") for block in blocks),
        *(_message_id(part) for part in original),
    ]
    for text in named:
        if found := _UUID.search(text):
            return UUID(found[0])
    for name in _RECIPIENT_HEADERS:
        if verp := _VERP.search(_text(message, name)):
            return UUID(verp[1])
    return None


def _message_id(part: Message) -> str:
    """Of the mail, or of its headers, that a report returns."""
    payload = part.get_payload()
    if isinstance(payload, list):
        return _text(payload[0], "Message-ID") if isinstance(payload[0], Message) else ""
    decoded = part.get_payload(decode=True)
    headers = decoded.decode(errors="replace") if isinstance(decoded, bytes) else ""
    found = _MESSAGE_ID.search(headers)
    return found[1] if found else ""


def _words(block: Message) -> str:
    """What the last server said; the type before it (`smtp;`) is of no use to people."""
    diagnostic = _text(block, "Diagnostic-Code").partition(";")[2].strip()
    words = server_words(diagnostic or _text(block, "Status"))
    return f"Came back: {words or 'the report gives no reason'}"[:500]


def _text(message: Message, name: str) -> str:
    """A header as a text, whatever it is made of."""
    value = message.get(name)
    return "" if value is None else str(value)[:2000]
