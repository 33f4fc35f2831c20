"""The languages that mails are written in: gettext catalogues, and how a language writes a date.

A catalogue is a `.po` file that people translate; it is compiled when it is loaded.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from pathlib import Path

from babel import Locale
from babel.dates import format_date, format_datetime
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import NullTranslations, Translations

FOLDER = Path(__file__).parents[1] / "locale"
FALLBACK = "en"  # the language of the templates, which needs no catalogue
_MOMENTS = {"en": "EEEE, d MMMM y, HH:mm", "de": "EEEE, d. MMMM y, HH:mm"}
_DAYS = {"en": "d MMMM y", "de": "d. MMMM y"}
LANGUAGES = tuple(_MOMENTS)


@dataclass(frozen=True)
class Language:
    """One language's words and dates."""

    code: str
    translations: NullTranslations

    def moment(self, at: datetime | None) -> str:
        """Day and time with their zone, for people anywhere; empty for None."""
        if at is None:
            return ""
        shown = format_datetime(at.astimezone(UTC), _MOMENTS[self.code], locale=self._locale)
        return f"{shown} UTC"

    def day(self, at: datetime | None) -> str:
        """The day in UTC."""
        if at is None:
            return ""
        return format_date(at.astimezone(UTC), _DAYS[self.code], locale=self._locale)

    @property
    def _locale(self) -> Locale:
        return Locale(self.code)


def language_code(asked: str) -> str:
    """The language to write in for `de`, `de-AT` or anything else that an order may name."""
    code = asked.replace("_", "-").partition("-")[0].lower()
    return code if code in LANGUAGES else FALLBACK


@cache
def load(code: str) -> Language:
    """A language with its catalogue."""
    if code == FALLBACK:
        return Language(code, NullTranslations())
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Language(code, Translations(compiled))
