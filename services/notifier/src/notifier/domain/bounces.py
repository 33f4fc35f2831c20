"""What a report of a mail that came back says. The report may come from anybody."""

from dataclasses import dataclass
from uuid import UUID

MAX_WORDS = 500
MAX_BYTES = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Bounce:
    """A mail that a server could not deliver. `failed`: it has given up; else it goes on trying."""

    mail_id: UUID
    failed: bool
    words: str


@dataclass(frozen=True, slots=True)
class NotOurs:
    """Not a report, or about nothing that we could have sent."""

    reason: str


def server_words(text: str) -> str:
    """Bytes of any kind may come from a server; these are printable, and not without end."""
    printable = "".join(each if each.isprintable() else " " for each in text)
    return " ".join(printable.split())[:MAX_WORDS]
