"""Pages in a real browser: Debian's Chromium, driven by Playwright."""

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.integration.conftest import empty_queues, fresh_database, migrated_database, servers

__all__ = ["empty_queues", "fresh_database", "migrated_database", "servers"]

PATIENCE_MS = 30_000
WIDE, NARROW = 1280, 320


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests; every person has a profile of their own."""
    path = shutil.which("chromium")
    if path is None:
        pytest.fail("Debian's chromium is missing; `make chromium` installs it")
    with sync_playwright() as playwright:
        # The sandbox needs rights that containers and root do not have; only our own pages open.
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def person(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Somebody at a window of their own. No page may say an error, or ask another server."""
    contexts: list[BrowserContext] = []
    seen: list[str] = []

    def come(width: int = WIDE, scripts: bool = True, locale: str = "en") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=scripts, locale=locale
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("weberror", lambda error: seen.append(str(error.error)))
        context.on("request", lambda request: seen.extend(_elsewhere(request.url)))
        context.on("console", lambda message: seen.extend(_refused(message.text)))
        contexts.append(context)
        return context.new_page()

    yield come
    for context in contexts:
        context.close()
    assert seen == []


def _elsewhere(url: str) -> list[str]:
    return [] if url.startswith(("http://127.0.0.1:", "data:", "blob:")) else [url]


def _refused(message: str) -> list[str]:
    """What the content security policy has stopped."""
    return [message] if "Content Security Policy" in message else []
