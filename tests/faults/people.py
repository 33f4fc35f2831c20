"""The people of one order, who do not give up: they look at the page and do what is due there.

Whatever breaks under their hands, they open the page again. They know words on pages and the mail,
nothing of what is behind.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Protocol

import requests

from tenantlink_local.browser import Browser, NotOnThePage
from tenantlink_local.demo import ROUTING, DidNotComeTrue, Procedure
from tenantlink_local.narrator import Narrator
from tests.faults.checker import Goal
from tests.faults.mailbox import Mailbox

PAUSE_SECONDS = 0.3
BROKEN = (requests.RequestException, NotOnThePage, DidNotComeTrue)


class GaveUp(Exception):
    """An order's people could not bring it to its goal in time; the text says where they stood."""


class Silent(Narrator):
    """Many orders at once would all talk."""

    @contextmanager
    def step(self, number: str, text: str) -> Iterator[None]:
        """It is taken."""
        yield

    def say(self, text: str) -> None:
        """Not a word."""


class WayIn(Protocol):
    """Where orders are placed."""

    def order(self, short_name: str, email: str) -> bool:
        """Place it, or see that an earlier try was accepted; one of `BROKEN` to be asked again."""
        ...


@dataclass
class Operator:
    """One who is signed in; serves many orders, one after the other."""

    urls: dict[str, str]
    ca: str
    browser: Browser = field(init=False)

    def __post_init__(self) -> None:
        self.browser = Browser(self.ca)

    def prepare(self) -> None:
        """Signed in, with the customer in the list."""
        procedure = self._procedure("prepare")
        procedure.sign_in()
        procedure.have_customer()

    def order(self, short_name: str, email: str) -> bool:
        """In the console, until the page says that it was accepted."""
        self._enter()
        if _has_row(self.browser, short_name):
            return True  # the answer to an earlier try was lost on its way
        procedure = self._procedure(short_name)
        procedure.email = email
        procedure.order_service()
        return True

    def complete(self, short_name: str) -> bool:
        """Whether it is done; else one more step of the Onboarding wizard is."""
        browser, heading = self.browser, self.browser.heading
        if "The service has been created" in heading:
            return True
        if heading == "Application Registration":
            _click_any(browser, "Add", "Next")
        elif heading.startswith("Validation"):
            self._validated()
        elif heading == "Microsoft 365 Settings":
            browser.choose("Microsoft 365 Settings", ROUTING)
            browser.click("Next")
        elif heading == "Review":
            browser.click("Create service")
        elif heading == "Pending Invitations":
            return self._add(short_name)
        else:
            self.begin_again()
        return False

    def begin_again(self) -> None:
        """The page from which every order is found."""
        self._enter()
        self.browser.click("Pending Invitations")

    def _enter(self) -> None:
        """The console, where one may have to sign in first."""
        self.browser.open(self.urls["console"])
        if not self.browser.url.startswith(self.urls["console"]):
            self.browser.click("Operator")

    def _validated(self) -> None:
        if "The tenant credentials are validated" in self.browser.text():
            self.browser.click("Next")
        elif "What to do" in self.browser.text():
            self.browser.click("Validate again")
        else:
            time.sleep(PAUSE_SECONDS)
            self.browser.reload()

    def _add(self, short_name: str) -> bool:
        browser = self.browser
        if not _has_row(browser, short_name):
            browser.click("Services")
            return browser.row(short_name)["State"] == "Active"
        row = browser.row(short_name)
        if row["Device Authenticated"] == "true":
            browser.click("Go on" if "Go on" in row.buttons else "Add", within=row.element)
        else:
            time.sleep(PAUSE_SECONDS)
            browser.reload()
        return False

    def _procedure(self, short_name: str) -> Procedure:
        procedure = Procedure(self.urls, self.ca, Silent(), short_name)
        procedure.operator = self.browser
        return procedure


@dataclass
class Administrator:
    """One who has got a mail."""

    mailbox: Mailbox
    email: str
    registration: Procedure
    browser: Browser = field(default_factory=Browser)

    def authenticate(self) -> bool:
        """Whether it is done; else one more step of the Invitation wizard is."""
        browser, text = self.browser, self.browser.text()
        if "The Application Registration is valid" in text or "already connected" in text:
            return True
        if "Client Secret" in _labels(browser):
            self._submit()
        elif "Enter the registration again" in text:
            browser.click("Enter the registration again")
        elif "Being checked" in browser.heading:
            time.sleep(PAUSE_SECONDS)
            browser.reload()
        else:
            browser.click("Continue")
        return False

    def begin_again(self) -> None:
        """The link in the mail always leads to where one stands."""
        link = self.mailbox.link_for(self.email)
        if link is None:
            time.sleep(PAUSE_SECONDS)
            raise NotOnThePage(f"no mail to {self.email} yet")
        self.browser.open(link)

    def _submit(self) -> None:
        browser, (tenant, app) = self.browser, (self.registration.tenant, self.registration.app)
        browser.fill("Customer Microsoft Tenant ID", str(tenant.id))
        browser.fill("Application (Client) ID", str(app.client_id))
        browser.fill("Client Secret", app.secrets[0].value)
        browser.click("Start authentication")


@dataclass
class Order:
    """One order and its people."""

    short_name: str
    goal: Goal
    way_in: WayIn
    operator: Operator
    administrator: Administrator

    @property
    def email(self) -> str:
        """Where the link goes."""
        return self.administrator.email

    def place(self, until: float) -> None:
        """Until it is answered."""
        self._insist(lambda: self.way_in.order(self.short_name, self.email), _nothing, until)

    def follow(self, until: float) -> None:
        """To its goal; an invitation that is to stay open is left with its administrator."""
        if self.goal is Goal.INVITED:
            return
        with self.administrator.browser:
            administrator = self.administrator
            self._insist(administrator.authenticate, administrator.begin_again, until)
        operator = self.operator
        self._insist(lambda: operator.complete(self.short_name), operator.begin_again, until)

    def _insist(self, step: Callable[[], bool], begin: Callable[[], None], until: float) -> None:
        """Step after step until one says that it was the last; from the beginning when it broke."""
        stands, last = False, "nothing was tried"
        while time.monotonic() < until:
            try:
                if not stands:
                    begin()
                stands = True
                if step():
                    return
                last = f"still at {self.operator.browser.heading!r}"
            except BROKEN as error:
                stands, last = False, str(error)
                time.sleep(PAUSE_SECONDS)
        raise GaveUp(f"{self.short_name}: {last}")


def _nothing() -> None:
    """The step opens its page itself."""


def _has_row(browser: Browser, short_name: str) -> bool:
    return any(short_name in row.cells.values() for row in browser.rows())


def _labels(browser: Browser) -> list[str]:
    return [each.get_text(" ", strip=True).rstrip(" *") for each in browser.page.find_all("label")]


def _click_any(browser: Browser, *names: str) -> None:
    """The first of these that is offered."""
    for name in names[:-1]:
        try:
            browser.click(name)
        except NotOnThePage:
            continue
        return
    browser.click(names[-1])
