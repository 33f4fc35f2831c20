"""Opens the links that are sealed to notifier."""

from uuid import UUID

from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_runtime.sealing import PrivateKeys, SealContext


class SealedLinks:
    """With notifier's private keys."""

    def __init__(self, keys: PrivateKeys) -> None:
        self._keys = keys

    def open_link(self, sealed: str, subject: UUID, round_: int) -> str:
        """The link; CannotOpen where it was sealed for another place."""
        return self._keys.open(sealed, SealContext(InvitationIssued, subject, round_))
