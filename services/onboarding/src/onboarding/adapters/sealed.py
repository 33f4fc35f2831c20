"""Seals what credential-validator alone may read, and opens what was sealed to onboarding."""

from uuid import UUID

from onboarding.app.ports import NotPossible
from tenantlink_contracts.invitation import CredentialsSubmitted, InvitationIssued
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR
from tenantlink_runtime.sealing import CannotOpen, PrivateKeys, PublicKeys, SealContext


class SealedSecrets:
    """Seals client secrets in the request that received them."""

    def __init__(self, keys: PublicKeys) -> None:
        self._keys = keys

    def seal_secret(self, secret: str, subject: UUID, round_: int) -> str:
        """Only credential-validator can open it."""
        context = SealContext(CredentialsSubmitted, subject, round_)
        return self._keys.seal(secret, CREDENTIAL_VALIDATOR, context)


class SealedLinks:
    """Opens links; without keys, as where the process was given none, it opens nothing."""

    def __init__(self, keys: PrivateKeys | None) -> None:
        self._keys = keys

    def open_link(self, sealed: str, subject: UUID, round_: int) -> str:
        """The link in clear; NotPossible where it cannot be opened."""
        if self._keys is None:
            raise NotPossible(
                "This console was given no key to open links with (SEALING_KEYS_FILE)."
            )
        try:
            return self._keys.open(sealed, SealContext(InvitationIssued, subject, round_))
        except CannotOpen:
            raise NotPossible("The link cannot be opened; ask for another one.") from None
