"""A broken rule, and what rules ask of every text."""

import unicodedata
from dataclasses import dataclass

INVISIBLE = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_QUOTED_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class Breach:
    """A broken rule: the field it stands at, its code for programs, its message for people."""

    field: str
    code: str
    message: str


def is_visible(text: str) -> bool:
    """Whether all of it can be seen: no control character, nothing that turns the direction."""
    return not any(unicodedata.category(each) in INVISIBLE for each in text)


def quoted(text: str) -> str:
    """What somebody sent, for a message: short, and `?` for what cannot be seen."""
    seen = "".join(each if is_visible(each) else "?" for each in text[:_QUOTED_CHARACTERS])
    return f"'{seen}{'...' * (len(text) > _QUOTED_CHARACTERS)}'"
