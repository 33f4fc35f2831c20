"""What the verbs need, and do not want to know the technology of."""

from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from invitation.domain.rounds import LinkKind


@dataclass(frozen=True, slots=True)
class Minted:
    """A new link: what we keep of its token, and the link sealed to the one who passes it on."""

    token_hash: str
    sealed_link: str


class LinkMinter(Protocol):
    """Makes links. Random, but no I/O: a handler that runs again mints another one."""

    def mint(
        self, subject: UUID, round_: int, reader: str, kind: LinkKind = LinkKind.WIZARD
    ) -> Minted:
        """A new token for a round, its link readable by the service `reader` alone."""
        ...


class SecretSealer(Protocol):
    """Seals client secrets to credential-validator."""

    def seal_secret(self, secret: str, subject: UUID, round_: int) -> str:
        """The sealed secret, which opens only in this round's CredentialsSubmitted."""
        ...
