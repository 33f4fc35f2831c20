"""Bearer tokens of the API: JWT access tokens of the operators' identity provider (RFC 9068).

Programs get theirs by client credentials. A token counts where the provider has signed it for this
API's audience, it is within its time, and it names a role; keys are read again when the provider
signs with one that is not known yet, but at most once a minute.
"""

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import requests
import structlog
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from onboarding.domain.operator import Operator, highest_role

ALGORITHMS = ["RS256", "PS256", "ES256", "ES384", "EdDSA"]
TIMEOUT_SECONDS = 10
FRESH_SECONDS = 60.0
LEEWAY_SECONDS = 30
_log = structlog.get_logger(__name__)


class TokenRefused(Exception):
    """The token does not count; the text says why, for whoever has to mend the program."""


class ProviderAway(Exception):
    """The provider's keys cannot be read now."""


class NoRole(Exception):
    """The token is good, and names none of our roles."""


class AccessTokens:
    """Reads tokens of one provider for one audience."""

    def __init__(
        self,
        issuer: str,
        audience: str,
        ca_file: Path | None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._issuer = issuer.rstrip("/")
        self._clock = clock
        self._verify: str | bool = str(ca_file) if ca_file else True
        self._keys: KeySet | None = None
        self._read_at = 0.0
        self._lock = threading.Lock()
        self._claims = jwt.JWTClaimsRegistry(
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "values": [self._issuer, f"{self._issuer}/"]},
            aud={"essential": True, "value": audience},
            exp={"essential": True},
            sub={"essential": True},
        )

    def operator(self, token: str) -> Operator:
        """Whom a token speaks for."""
        claims = self._verified(token)
        role = highest_role(claims.get("roles"))
        if role is None:
            raise NoRole
        subject = str(claims["sub"])
        name = claims.get("name") or claims.get("client_id") or claims.get("azp") or subject
        email = claims.get("email")
        return Operator(subject, str(name), email if isinstance(email, str) else "", role)

    def _verified(self, token: str) -> dict[str, Any]:
        try:
            read = self._decode(token, self._key_set(fresh=False))
        except JoseError:
            read = self._decode_again(token)
        try:
            self._claims.validate(read.claims)
        except (JoseError, ValueError, TypeError) as error:
            raise TokenRefused(f"The token does not count here: {error}.") from error
        return dict(read.claims)

    def _decode_again(self, token: str) -> jwt.Token:
        """With the keys as they are now: the provider may have changed them."""
        try:
            return self._decode(token, self._key_set(fresh=True))
        except JoseError as error:
            raise TokenRefused("The identity provider has not signed this token.") from error

    def _decode(self, token: str, keys: KeySet) -> jwt.Token:
        try:
            return jwt.decode(token, keys, algorithms=ALGORITHMS)
        except (ValueError, TypeError, KeyError, UnicodeError) as error:
            raise TokenRefused("This is no JSON Web Token.") from error

    def _key_set(self, fresh: bool) -> KeySet:
        with self._lock:
            age = self._clock() - self._read_at
            if self._keys is None or (fresh and age > FRESH_SECONDS):
                self._keys = self._published()
                self._read_at = self._clock()
            return self._keys

    def _published(self) -> KeySet:
        """The provider's keys, by way of its discovery document."""
        try:
            with requests.Session() as session:
                session.trust_env = False
                session.verify = self._verify
                document = self._get(session, f"{self._issuer}/.well-known/openid-configuration")
                return KeySet.import_key_set(self._get(session, str(document["jwks_uri"])))
        except (requests.RequestException, JoseError, ValueError, KeyError, TypeError) as error:
            _log.error("identity_provider_unreachable", error=type(error).__name__)
            raise ProviderAway from error

    @staticmethod
    def _get(session: requests.Session, url: str) -> Any:
        answer = session.get(url, timeout=TIMEOUT_SECONDS, allow_redirects=False)
        answer.raise_for_status()
        return answer.json()
