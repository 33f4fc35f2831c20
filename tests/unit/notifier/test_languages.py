"""Every sentence of every mail stands in the catalogue, translated, with all its values."""

import re
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from notifier.adapters.languages import FALLBACK, FOLDER, LANGUAGES

SERVICE = Path(__file__).parents[3] / "services" / "notifier"
TEMPLATES = SERVICE / "src" / "notifier" / "templates"
OPTIONS = {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}
TRANSLATED = [code for code in LANGUAGES if code != FALLBACK]


def sentences() -> set[str]:
    """What the templates say."""
    found = extract_from_dir(
        TEMPLATES, [("**", "jinja2")], {"**": OPTIONS}, comment_tags=(), strip_comment_tags=False
    )
    return {str(message) for _, _, message, _, _ in found}


def catalogue(code: str) -> Catalog:
    """What translators have written."""
    with (FOLDER / code / "LC_MESSAGES" / "messages.po").open("rb") as file:
        return read_po(file, locale=code)


@pytest.mark.parametrize("code", TRANSLATED)
def test_every_sentence_is_translated_and_no_translation_is_left_over(code: str) -> None:
    known = {message.id for message in catalogue(code) if message.id and message.string}
    assert len(known) > 50
    assert known == sentences()


@pytest.mark.parametrize("code", TRANSLATED)
def test_a_translation_names_the_same_values_and_nobody_doubts_it(code: str) -> None:
    for message in catalogue(code):
        names = [
            sorted(re.findall(r"%\(\w+\)s", str(each))) for each in (message.id, message.string)
        ]
        assert names[0] == names[1], message.id
        assert message.fuzzy is False or not message.id
