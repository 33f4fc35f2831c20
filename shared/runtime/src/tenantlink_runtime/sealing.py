"""Sealed fields: a JWE to one service's public key, bound to the event it belongs to.

Event type, onboarding and round stand in the protected header, so a sealed field that is moved to
another event does not open. ECDH-ES over X25519 with A256GCM (RFC 7518, RFC 8037).
"""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import KeySet, OctKey, OKPKey

from tenantlink_contracts.fact import Fact

_ALGORITHM = "ECDH-ES"
_DIRECT = "dir"
_ENCRYPTION = "A256GCM"
_REGISTRY = jwe.JWERegistry(
    algorithms=[_ALGORITHM, _DIRECT, _ENCRYPTION], strict_check_header=False
)


class CannotOpen(Exception):
    """The text is not sealed for us, or was sealed for another place than it stands in."""


@dataclass(frozen=True, slots=True)
class SealContext:
    """Where a sealed field belongs."""

    fact: type[Fact]
    subject: UUID
    round: int

    def header(self) -> dict[str, Any]:
        """The members of the protected header."""
        return {"evt": self.fact.event_type(), "sub": str(self.subject), "rnd": self.round}


class PublicKeys:
    """Seals to any service. Reads the JWKS file once, at start."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> "PublicKeys":
        """From a mounted JWKS file."""
        return cls(load_keys(path))

    def seal(self, text: str, service: str, context: SealContext) -> str:
        """Seal `text` so that only `service` can read it, and only in this context."""
        key = self._newest(service)
        header = {"alg": _ALGORITHM, "enc": _ENCRYPTION, "kid": key.kid, **context.header()}
        return jwe.encrypt_compact(header, text.encode(), key, registry=_REGISTRY)

    def _newest(self, service: str) -> OKPKey:
        """A service's first key in the file is the one to use; older ones follow it."""
        for key in self._keys.keys:
            if isinstance(key, OKPKey) and (key.kid or "").startswith(f"{service}."):
                return key
        raise KeyError(f"no public sealing key of {service}")


class PrivateKeys:
    """Opens what was sealed to this service, with the key that the seal names."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> "PrivateKeys":
        """From a mounted JWKS file."""
        return cls(load_keys(path))

    def open(self, sealed: str, context: SealContext) -> str:
        """The text; CannotOpen where key or context differ."""
        return _open(self._keys, sealed, context.header())


class StoreKeys:
    """Secrets at rest: a JWE under a key of our own, bound to the row it stands in."""

    def __init__(self, keys: KeySet) -> None:
        self._keys = keys

    @classmethod
    def load(cls, path: Path) -> "StoreKeys":
        """From a mounted JWKS file; the first key encrypts, all of them decrypt."""
        return cls(load_keys(path))

    def lock(self, text: str, record: UUID) -> str:
        """Encrypt for one row: swapped into another row it does not open."""
        key = self._keys.keys[0]
        if not isinstance(key, OctKey):
            raise TypeError("a store key is a symmetric (oct) key")
        header = {"alg": _DIRECT, "enc": _ENCRYPTION, "kid": key.kid, "rec": str(record)}
        return jwe.encrypt_compact(header, text.encode(), key, registry=_REGISTRY)

    def unlock(self, locked: str, record: UUID) -> str:
        """The text; CannotOpen where key or row differ."""
        return _open(self._keys, locked, {"rec": str(record)})


def load_keys(path: Path) -> KeySet:
    """The keys of a JWKS file."""
    return KeySet.import_key_set(json.loads(path.read_text()))


def _open(keys: KeySet, sealed: str, expected: dict[str, Any]) -> str:
    try:
        opened = jwe.decrypt_compact(sealed, keys, registry=_REGISTRY)
    except (JoseError, ValueError) as error:
        raise CannotOpen(type(error).__name__) from None
    header = opened.headers()
    if any(header.get(name) != value for name, value in expected.items()):
        raise CannotOpen("sealed for another place")
    return (opened.plaintext or b"").decode()
