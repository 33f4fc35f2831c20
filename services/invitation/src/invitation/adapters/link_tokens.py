"""Link tokens: 256 random bits, stored only as a keyed hash (HMAC-SHA-256).

The key is a file, so a copy of the database alone leads to no link. The first key of the file
hashes new tokens, all of them are tried for those that come back, so keys rotate.
"""

import base64
import hashlib
import hmac
import json
import secrets
from pathlib import Path

TOKEN_BYTES = 32


class LinkTokens:
    """Makes and hashes tokens."""

    def __init__(self, keys: list[bytes]) -> None:
        if not keys:
            raise ValueError("LINK_KEYS_FILE holds no symmetric key")
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> "LinkTokens":
        """From a JWKS file of symmetric (oct) keys."""
        rows = json.loads(path.read_text())["keys"]
        return cls([_decoded(row["k"]) for row in rows if row["kty"] == "oct"])

    def new(self) -> str:
        """A token, for the link and for nothing else."""
        return secrets.token_urlsafe(TOKEN_BYTES)

    def hash(self, token: str) -> str:
        """What is stored of a token."""
        return _hash(self._keys[0], token)

    def hashes(self, token: str) -> list[str]:
        """What may be stored of a token, under any of the keys."""
        return [_hash(key, token) for key in self._keys]


def _hash(key: bytes, token: str) -> str:
    return hmac.new(key, token.encode(), hashlib.sha256).hexdigest()


def _decoded(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
