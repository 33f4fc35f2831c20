"""Every mail, in every language: it can be read by everybody, in the dark, and on a phone."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, Page

from notifier.adapters.languages import LANGUAGES
from notifier.bootstrap import build_preview
from notifier.domain.samples import SAMPLES
from tests.browser.accessibility import WCAG, breaches
from tests.browser.conftest import NARROW

Light = Literal["light", "dark"]
WAYS: list[Light] = ["light", "dark"]


@pytest.fixture(scope="module")
def mails(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Every mail as a file, as `tenantlink preview-mail --all` writes them."""
    folder = tmp_path_factory.mktemp("mails")
    build_preview(None).run(folder, list(SAMPLES))
    return folder


@pytest.fixture
def page(chromium: Browser, light: Light) -> Iterator[Page]:
    """A narrow window, by day or by night."""
    context = chromium.new_context(
        viewport={"width": NARROW, "height": 800}, color_scheme=light, java_script_enabled=True
    )
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("light", WAYS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_mail_can_be_read_by_everybody_and_fits_a_phone(
    mails: Path, page: Page, language: str
) -> None:
    files = sorted((mails / language).rglob("*.html"))
    assert len(files) == len(SAMPLES)
    for file in files:
        page.goto(file.as_uri())
        assert page.evaluate("document.documentElement.scrollWidth") <= NARROW, file.stem
        assert breaches(page, WCAG) == [], file.stem


@pytest.mark.parametrize("light", WAYS[:1])
def test_axe_would_find_a_mail_without_a_language(mails: Path, page: Page) -> None:
    page.goto(next(mails.rglob("invitation.html")).as_uri())
    page.evaluate("document.documentElement.removeAttribute('lang')")
    assert "html-has-lang" in [each.partition(":")[0] for each in breaches(page, WCAG)]
