"""Opens the secrets that are sealed to credential-validator."""

from uuid import UUID

from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_runtime.sealing import PrivateKeys, SealContext


class SealedSubmissions:
    """With credential-validator's private keys."""

    def __init__(self, keys: PrivateKeys) -> None:
        self._keys = keys

    def open_secret(self, sealed: str, subject: UUID, round_: int) -> str:
        """The client secret; CannotOpen where it was sealed for another place."""
        return self._keys.open(sealed, SealContext(CredentialsSubmitted, subject, round_))
