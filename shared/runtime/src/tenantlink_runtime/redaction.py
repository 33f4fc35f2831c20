"""What people must not read: sealed fields and secrets, in logs, timelines and on terminals.

A sealed field is replaced by its key's id and its length: enough to see which key it needs, and
whether it was cut off on its way. Nothing here opens anything.
"""

import base64
import binascii
import json
import re
from typing import Any

SENSITIVE_NAME = re.compile(
    r"secret|token|password|authorization|cookie|link|sealed", re.IGNORECASE
)
_COMPACT_JWE = re.compile(r"[\w-]{20,}\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+")
_PASSWORD_IN_URL = re.compile(r"(://[^:/@\s]+):[^@\s]+@")


def without_seals(value: Any) -> Any:
    """A fact's data with every sealed field replaced by its key's id and its length."""
    if isinstance(value, dict):
        return {name: without_seals(each) for name, each in value.items()}
    if isinstance(value, list):
        return [without_seals(each) for each in value]
    header = _seal_header(value) if isinstance(value, str) else None
    return value if header is None else {"key": header.get("kid"), "length": len(value)}


def without_secrets(value: Any, name: str = "") -> Any:
    """JSON from anybody: no sealed field, and nothing in clear where a secret's name stands.

    A message is often refused because somebody forgot to seal, so names count as well; `name` is
    the name under which the value stands.
    """
    if isinstance(value, dict):
        return {key: without_secrets(each, key) for key, each in value.items()}
    if isinstance(value, list):
        return [without_secrets(each, name) for each in value]
    if not isinstance(value, str):
        return value
    shown = without_seals(value)
    if shown is not value:
        return shown
    if SENSITIVE_NAME.search(name):
        return {"hidden": "not sealed", "length": len(value)}
    return text_without_secrets(value)


def text_without_secrets(text: str) -> str:
    """A text, for instance of an exception, without the sealed texts and passwords inside it."""
    sealed_replaced = _COMPACT_JWE.sub(lambda found: _described(found[0]), text)
    return _PASSWORD_IN_URL.sub(r"\1:***@", sealed_replaced)


def _described(sealed: str) -> str:
    key = (_seal_header(sealed) or {}).get("kid")
    return f"<sealed{f' to {key}' if key else ''}, {len(sealed)} characters>"


def _seal_header(text: str) -> dict[str, Any] | None:
    """The header of a compact JWE: five parts, the first of which is JSON that names `alg`."""
    first, *others = text.split(".")
    if len(others) != 4:
        return None
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) and "alg" in header else None
