"""Seals what other services alone may read: links to notifier or onboarding, secrets to
credential-validator."""

from uuid import UUID

from invitation.adapters.link_tokens import LinkTokens
from invitation.app.ports import Minted
from invitation.domain.rounds import LinkKind
from tenantlink_contracts.invitation import CredentialsSubmitted, InvitationIssued
from tenantlink_contracts.names import CREDENTIAL_VALIDATOR
from tenantlink_runtime.sealing import PublicKeys, SealContext

_PATHS = {LinkKind.WIZARD: "invitation", LinkKind.STATUS: "status"}


class SealedLinkMinter:
    """Mints links under the wizard's public URL; never under what a request claims to be."""

    def __init__(self, tokens: LinkTokens, keys: PublicKeys, public_url: str) -> None:
        self._tokens = tokens
        self._keys = keys
        self._base = public_url.rstrip("/")

    def mint(
        self, subject: UUID, round_: int, reader: str, kind: LinkKind = LinkKind.WIZARD
    ) -> Minted:
        """A new token; in clear it exists only inside the sealed link."""
        token = self._tokens.new()
        context = SealContext(InvitationIssued, subject, round_)
        sealed = self._keys.seal(f"{self._base}/{_PATHS[kind]}/{token}", reader, context)
        return Minted(self._tokens.hash(token), sealed)


class SealedSecrets:
    """Seals client secrets in the request that received them."""

    def __init__(self, keys: PublicKeys) -> None:
        self._keys = keys

    def seal_secret(self, secret: str, subject: UUID, round_: int) -> str:
        """Only credential-validator can open it."""
        context = SealContext(CredentialsSubmitted, subject, round_)
        return self._keys.seal(secret, CREDENTIAL_VALIDATOR, context)
