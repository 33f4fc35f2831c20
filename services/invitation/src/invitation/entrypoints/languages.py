"""The words of the pages in the reader's language, and dates as that language writes them.

English is written in the templates themselves; every other language is a gettext catalogue beside
them, compiled at start. What a problem is called comes with its event in English, and is translated
by its code; where a code is not known yet, the English words are better than none.
"""

import io
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

from babel.dates import format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from tenantlink_contracts.values import Problem

FOLDER = Path(__file__).parent / "translations"
DEFAULT = "en"
NAMES = {"en": "English", "de": "Deutsch"}
_DAY = {"en": "d MMMM y", "de": "d. MMMM y"}
_WEEKDAY = {"en": "EEEE, ", "de": "EEEE, "}
_CLOCK = {"en": ", HH:mm 'UTC'", "de": ", HH:mm 'UTC'"}
_PERMISSION = re.compile(r"\b[A-Z]\w+(?:\.\w+)*\.All\b")


@cache
def translations(language: str) -> NullTranslations:
    """The catalogue of a language; English needs none."""
    path = FOLDER / f"{language}.po"
    if not path.exists():
        return NullTranslations()
    compiled = io.BytesIO()
    with path.open("rb") as file:
        write_mo(compiled, read_po(file, locale=language))
    compiled.seek(0)
    return GNUTranslations(compiled)


def known(language: str | None) -> str | None:
    """A language that pages are written in: `de` for `de-AT`; None for any other."""
    short = re.split("[-_]", (language or "").lower())[0]
    return short if short in NAMES else None


def first_known(wanted: Iterable[str | None]) -> str:
    """The first of these that pages are written in."""
    return next((found for each in wanted if (found := known(each))), DEFAULT)


def moment(at: datetime, language: str = DEFAULT) -> str:
    """For instance `Tuesday, 8 December 2026, 10:20 UTC`.

    Always in UTC, and always saying so, because nobody knows the reader's zone.
    """
    pattern = _WEEKDAY[language] + _DAY[language] + _CLOCK[language]
    return format_datetime(_utc(at), pattern, locale=language)


def clock(at: datetime) -> str:
    """For instance `10:20 UTC`."""
    return f"{_utc(at):%H:%M} UTC"


def second(at: datetime) -> str:
    """To the second, for support: `2026-12-08 10:20:31 UTC`."""
    return f"{_utc(at):%Y-%m-%d %H:%M:%S} UTC"


def day(at: datetime, language: str = DEFAULT) -> str:
    """For instance `8 December 2026`."""
    return format_datetime(_utc(at), _DAY[language], locale=language)


@dataclass(frozen=True, slots=True)
class ProblemWords:
    """A problem in the reader's language."""

    title: str
    cause: str
    remedy: str


def words_of(problem: Problem, language: str) -> ProblemWords:
    """By the problem's code; the words of the event where the catalogue does not know it."""
    names = ", ".join(dict.fromkeys(_PERMISSION.findall(problem.title)))

    def said(part: str, otherwise: str) -> str:
        key = f"problem.{problem.code}.{part}"
        found = translations(language).gettext(key)
        return otherwise if found == key else found.replace("{names}", names)

    return ProblemWords(
        said("title", problem.title), said("cause", problem.cause), said("remedy", problem.remedy)
    )


def _utc(at: datetime) -> datetime:
    """A time without zone counts as UTC."""
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
