"""The mailbox as a person reads it, kept by several readers at once so that it is read seldom."""

import time
from dataclasses import dataclass, field
from threading import Lock
from urllib.parse import urljoin

from tenantlink_local.browser import Browser, Row
from tests.faults.checker import Letter, Subject

FRESH_SECONDS = 0.5
ACTIVATE = "Click here to activate your tenant"


@dataclass
class Mailbox:
    """Every mail is opened once. Whoever asks within half a second gets what was read before."""

    url: str
    _letters: dict[str, Letter] = field(default_factory=dict)
    _links: dict[str, str] = field(default_factory=dict)
    _read_at: float = 0.0
    _lock: Lock = field(default_factory=Lock)

    def letters(self) -> list[Letter]:
        """All mails that have come."""
        with self._lock:
            if time.monotonic() > self._read_at + FRESH_SECONDS:
                self._read()
                self._read_at = time.monotonic()
            return list(self._letters.values())

    def link_for(self, address: str) -> str | None:
        """The link in the invitation to an address, if it has come."""
        self.letters()
        return self._links.get(address)

    def _read(self) -> None:
        with Browser() as browser:
            browser.open(self.url)
            listed = [(_address_of(self.url, row), row["To"]) for row in browser.rows()]
            for address, to in listed:
                if address not in self._letters:
                    self._letters[address] = self._open(browser, address, to)

    def _open(self, browser: Browser, address: str, to: str) -> Letter:
        browser.open(address)
        letter = Letter(to, browser.heading, browser.definition("Message-ID"))
        if Subject.INVITATION in letter.subject:
            browser.click("Open the HTML part alone")
            link = browser.page.find("a", string=lambda text: bool(text) and ACTIVATE in str(text))
            self._links[to] = str(link["href"])  # type: ignore[index]
        return letter


def _address_of(url: str, row: Row) -> str:
    link = row.element.find("a")
    return urljoin(url, str(link["href"]))  # type: ignore[index]
