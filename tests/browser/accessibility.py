"""What axe-core finds on a page."""

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PAGES = (*WCAG, "best-practice")
_AXE = Axe()


def breaches(page: Page, tags: tuple[str, ...] = PAGES) -> list[str]:
    """What breaks WCAG 2.2 AA (and, on pages, good practice), with where it is."""
    found = _AXE.run(page, options={"runOnly": {"type": "tag", "values": list(tags)}})
    return [
        f"{each['id']}: {[node['html'] for node in each['nodes']]}"
        for each in found.response["violations"]
    ]
