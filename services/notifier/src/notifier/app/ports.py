"""What the verbs need, and do not want to know the technology of."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from notifier.domain.correspondence import Correspondence
from notifier.domain.mails import Mail


@dataclass(frozen=True, slots=True)
class Accepted:
    """The mail server took the mail over; `words` is its answer."""

    words: str


@dataclass(frozen=True, slots=True)
class Deferred:
    """Not now: a 4xx answer, a time-out or no connection."""

    words: str


@dataclass(frozen=True, slots=True)
class Refused:
    """Never: a 5xx answer, or an address that no server can take."""

    words: str


class Courier(Protocol):
    """Takes mails to the mail server."""

    def send(self, mail_id: UUID, recipient: str, mail: Mail) -> Accepted | Deferred | Refused:
        """One mail to one recipient. `mail_id` makes the Message-ID, the same at every try."""
        ...


class Correspondences(Protocol):
    """Looks at what is known about an onboarding's mails."""

    def find(self, subject: UUID) -> Correspondence | None:
        """None where nothing is known."""
        ...


class LinkOpener(Protocol):
    """Opens the links that invitation has sealed to notifier."""

    def open_link(self, sealed: str, subject: UUID, round_: int) -> str:
        """The link in clear, for the mail and nothing else."""
        ...
