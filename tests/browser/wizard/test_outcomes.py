"""Every page, in every outcome: it comes, it can be read by everybody, and fits a phone."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.accessibility import breaches
from tests.browser.conftest import NARROW, WIDE
from tests.browser.wizard.outcomes import OUTCOMES
from tests.browser.wizard.visits import Visit
from tests.integration.invitation.conftest import Reception

PICTURES = os.environ.get("TENANTLINK_PICTURES")


def picture(page: Page, name: str, width: int) -> None:
    """For people to look at, where a folder is named."""
    if PICTURES:
        path = Path(PICTURES) / f"{name.replace(' ', '-').replace(',', '')}-{width}.png"
        page.screenshot(path=path, full_page=True)


@pytest.mark.parametrize("name", OUTCOMES)
def test_a_page_comes_can_be_read_by_everybody_and_fits_a_phone(
    reception: Reception, person: Callable[..., Page], name: str
) -> None:
    way, heading = OUTCOMES[name]
    visit = Visit(reception, person())
    way(visit)
    visit.reads(heading)
    for width in (WIDE, NARROW):
        visit.page.set_viewport_size({"width": width, "height": 800})
        visit.page.wait_for_load_state("load")
        picture(visit.page, name, width)
        assert visit.page.evaluate("document.documentElement.scrollWidth") <= width
    assert breaches(visit.page) == []  # at the narrow width, where things come closest


def test_axe_would_find_a_field_without_a_label(
    reception: Reception, person: Callable[..., Page]
) -> None:
    visit = Visit(reception, person()).follow(reception.invite())
    assert breaches(visit.page) == []
    visit.page.evaluate("document.querySelector('label').remove()")
    assert "label" in [each.partition(":")[0] for each in breaches(visit.page)]
