"""Whether a secret may be so new that not all of Microsoft's servers know it yet.

Entra has made all client secrets in one recognisable form for years (three characters, a digit,
`Q~`, 31 to 34 more: the form that Microsoft's own scanners for leaked secrets look for). What does
not have that form cannot be new, so nobody waits for it: a mistyped secret is told at once.
"""

import re

_MADE_TODAY = re.compile(r"[A-Za-z0-9_~.-]{3}[0-9]Q~[A-Za-z0-9_~.-]{31,34}", re.ASCII)


def may_be_fresh(secret: str) -> bool:
    """Whether it has the form of the secrets that Entra makes today."""
    return bool(_MADE_TODAY.fullmatch(secret))
