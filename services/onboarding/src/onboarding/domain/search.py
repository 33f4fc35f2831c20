"""By which words a service is found: whatever people know of it, and every part of that.

A search finds what begins with the typed word: of `it-admin@contoso.example` the whole, and
whatever follows a sign between letters: `admin@contoso.example`, `contoso.example`, `example`.
"""

import re
import unicodedata
from collections.abc import Iterable

LONGEST_WORD = 100
MOST_WORDS = 64
MOST_TYPED = 5
_PART = re.compile(r"(?<![^\W_])[^\W_]")


def folded(text: str) -> str:
    """Without case and accents, as people type."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in plain if not unicodedata.combining(each))


def words_of(texts: Iterable[str]) -> tuple[str, ...]:
    """All words by which something with these texts is found, each once."""
    whole = [word for text in texts for word in folded(text).split()]
    parts = (word[match.start() :] for word in whole for match in _PART.finditer(word))
    kept = dict.fromkeys(word[:LONGEST_WORD] for word in (*whole, *parts))
    return tuple(kept)[:MOST_WORDS]


def typed_words(text: str) -> tuple[str, ...]:
    """What somebody has typed into a search; the longest words count, since they tell most."""
    words = dict.fromkeys(word[:LONGEST_WORD] for word in folded(text).split())
    return tuple(sorted(words, key=len, reverse=True)[:MOST_TYPED])
