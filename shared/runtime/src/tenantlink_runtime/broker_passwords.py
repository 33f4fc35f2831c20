"""Passwords of the broker's users: made at random, kept in one file, hashed as RabbitMQ does."""

import base64
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

_ALGORITHMS = {
    "rabbit_password_hashing_sha256": hashlib.sha256,
    "rabbit_password_hashing_sha512": hashlib.sha512,
}
_SALT_BYTES = 4


class PasswordsUnusable(Exception):
    """The file of passwords cannot be used; the text says why, and what to do."""


def hashed(password: str, salt: bytes | None = None) -> dict[str, str]:
    """The keys of a user in RabbitMQ's definitions: base64 of the 32-bit salt and the SHA-256.

    Source: RabbitMQ's page on passwords and their hashes.
    """
    salt = salt if salt is not None else secrets.token_bytes(_SALT_BYTES)
    digest = hashlib.sha256(salt + password.encode()).digest()
    return {
        "password_hash": base64.b64encode(salt + digest).decode(),
        "hashing_algorithm": "rabbit_password_hashing_sha256",
    }


def matches(password: str, password_hash: str, hashing_algorithm: str) -> bool:
    """Whether a stored hash is this password's; False for what we cannot check."""
    algorithm = _ALGORITHMS.get(hashing_algorithm)
    stored = base64.b64decode(password_hash)
    if algorithm is None:
        return False
    salt, digest = stored[:_SALT_BYTES], stored[_SALT_BYTES:]
    return hmac.compare_digest(algorithm(salt + password.encode()).digest(), digest)


def read(path: Path) -> dict[str, str]:
    """The passwords by user; PasswordsUnusable also when too many may read them."""
    try:
        mode = path.stat().st_mode
        found = json.loads(path.read_text())
    except OSError as error:
        raise PasswordsUnusable(f"{path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise PasswordsUnusable(f"{path} is not JSON.") from error
    # A group may read it: that is how Kubernetes gives a mounted secret to an unprivileged user.
    if mode & (stat.S_IWGRP | stat.S_IRWXO):
        raise PasswordsUnusable(f"Others may read or write {path}. Run: chmod 600 {path}")
    if not isinstance(found, dict) or not all(_is_password(each) for each in found.values()):
        raise PasswordsUnusable(f"{path} has to be one JSON object: user name to password.")
    return found


def extend(path: Path, users: Iterable[str]) -> list[str]:
    """Make the file, or add to it who is missing; who got a new password.

    A password that is there already is never replaced. The file is replaced as a whole, so that a
    run that is cut off leaves the old one.
    """
    kept = read(path) if path.exists() else {}
    added = [user for user in users if user not in kept]
    if added:
        made = {user: secrets.token_hex(24) for user in added}
        try:
            _replace(path, json.dumps(kept | made, indent=1))
        except OSError as error:
            raise PasswordsUnusable(f"{path} cannot be written: {error.strerror}.") from error
    return added


def _replace(path: Path, text: str) -> None:
    unfinished = path.with_name(f"{path.name}.part")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text + "\n")
    unfinished.replace(path)


def _is_password(value: object) -> bool:
    return isinstance(value, str) and value != ""
