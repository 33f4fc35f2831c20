"""Signs the simulator's tokens (RS256), for tenants' applications and for operators."""

import time
from typing import Any

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey


class Signer:
    """One key, made at start; its public part is what the JWKS endpoint serves."""

    def __init__(self) -> None:
        self._key = RSAKey.generate_key(2048, parameters={"use": "sig", "alg": "RS256"})
        self._key.ensure_kid()

    def sign(self, claims: dict[str, Any], seconds: int = 3600) -> str:
        """A JWT that is valid for so long."""
        now = int(time.time())
        header = {"alg": "RS256", "kid": self._key.kid, "typ": "JWT"}
        return jwt.encode(
            header, {"iat": now, "nbf": now, "exp": now + seconds, **claims}, self._key
        )

    def read(self, token: str, audience: str) -> dict[str, Any] | None:
        """The claims of one of our own tokens for this audience, or None."""
        try:
            claims = dict(jwt.decode(token, self._key).claims)
        except (JoseError, ValueError):
            return None
        is_good = claims["exp"] > time.time() and claims.get("aud") == audience
        return claims if is_good else None

    def public_keys(self) -> dict[str, Any]:
        """The JWKS document."""
        return {"keys": [self._key.as_dict(private=False)]}
