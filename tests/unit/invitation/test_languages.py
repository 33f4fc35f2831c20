"""Every word of the pages in every language, and times that name their zone."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po

from invitation.domain.permissions import PERMISSIONS
from invitation.domain.registration import FAULTS
from invitation.entrypoints import forms, languages
from tenantlink_contracts.values import Problem

FOLDER: Path = languages.FOLDER
_VALUES = re.compile(r"%\(\w+\)s|</?\w+>")
LATE = datetime(2026, 12, 8, 23, 20, 31, tzinfo=UTC)


def test_a_moment_names_day_time_and_zone() -> None:
    assert languages.moment(LATE) == "Tuesday, 8 December 2026, 23:20 UTC"
    assert languages.second(LATE) == "2026-12-08 23:20:31 UTC"


def test_a_time_of_another_zone_is_told_in_utc() -> None:
    there = LATE.astimezone(timezone(timedelta(hours=2)))
    assert there.day == 9
    assert languages.moment(there) == languages.moment(LATE)
    assert languages.day(there) == "8 December 2026"


def test_a_time_without_zone_counts_as_utc() -> None:
    assert languages.second(LATE.replace(tzinfo=None)) == languages.second(LATE)


def test_days_and_moments_are_written_as_the_language_writes_them() -> None:
    assert languages.moment(LATE, "de") == "Dienstag, 8. Dezember 2026, 23:20 UTC"
    assert languages.day(LATE, "de") == "8. Dezember 2026"


def words_of_the_pages() -> Iterator[str]:
    """All that the pages say: in templates, in faults, in reasons of permissions, as labels."""
    for path in sorted((FOLDER.parent / "templates").glob("*.html")):
        with path.open("rb") as file:
            options = {"newstyle_gettext": "true"}
            for _, message, _, _ in extract("jinja2.ext:babel_extract", file, options=options):
                yield message if isinstance(message, str) else message[0]
    yield from FAULTS.values()
    yield from (each.why for each in PERMISSIONS)
    for form in (forms.RegistrationForm, forms.OtherPersonForm):
        fields = (getattr(form, name) for name in vars(form) if not name.startswith("_"))
        yield from (each.args[0] for each in fields if hasattr(each, "args") and each.args)


@pytest.mark.parametrize("language", [each for each in languages.NAMES if each != "en"])
def test_every_word_of_the_pages_is_there_with_the_same_values_in_it(language: str) -> None:
    with (FOLDER / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    said = set(words_of_the_pages())
    assert len(said) > 200
    for text in said:
        entry = catalogue.get(text)
        assert entry is not None, text
        assert entry.string, text
        assert sorted(_VALUES.findall(entry.string)) == sorted(_VALUES.findall(text)), text


def test_a_problem_is_translated_by_its_code_and_names_the_permissions_it_is_about() -> None:
    problem = Problem(
        code="permissions_missing",
        title="The permissions Organization.Read.All and User.Read.All are missing",
        cause="The cause",
        remedy="The remedy",
    )
    german = languages.words_of(problem, "de")
    assert german.title == "Es fehlt: Organization.Read.All, User.Read.All"
    assert "{names}" not in german.cause + german.remedy
    assert languages.words_of(problem, "en").title == problem.title


def test_a_problem_that_the_catalogue_does_not_know_keeps_its_english_words() -> None:
    problem = Problem(code="brand_new", title="The title", cause="The cause", remedy="The remedy")
    assert languages.words_of(problem, "de").remedy == "The remedy"


def test_a_language_is_known_by_its_first_part_and_unknown_ones_fall_back_to_english() -> None:
    assert languages.known("de-AT") == "de"
    assert languages.known("tlh") is None
    assert languages.first_known([None, "", "xx", "de_CH"]) == "de"
    assert languages.first_known(["xx"]) == "en"
