"""A customer's IT administrator: a mailbox, a browser, and an app registration to enter."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from uuid import UUID

from tenantlink_local.browser import Browser
from tenantlink_local.entra.directory import App, Directory, Tenant
from tenantlink_local.stack import Stack
from tests.support.waiting import eventually

VALID = "The Application Registration is valid"
SECONDS = 90.0


@dataclass
class Administrator:
    """Reads what comes to one address. `browser` is theirs alone."""

    stack: Stack
    email: str
    browser: Browser = field(default_factory=Browser)
    read: dict[str, str] = field(default_factory=dict)

    @classmethod
    @contextmanager
    def at(cls, stack: Stack, email: str) -> Iterator["Administrator"]:
        """Somebody with this address, until the end of the test."""
        person = cls(stack, email)
        with person.browser:
            yield person

    def subjects(self) -> list[str]:
        """Of all mails that have come to them, the newest first."""
        return [subject for subject, _ in self._mails()]

    def await_mail(self, words: str, count: int = 1) -> str:
        """The text of the newest of so many mails whose subjects have these words."""

        def found() -> list[str]:
            return [number for subject, number in self._mails() if words in subject]

        eventually(lambda: len(found()) >= count, SECONDS, f"{count} x {words!r} to {self.email}")
        self.browser.open(f"{self.stack.urls['mailbox']}{found()[0]}")
        return self.browser.text()

    def link(self, count: int = 1) -> str:
        """The newest of so many links that have come, as the text parts of mails show them."""
        eventually(lambda: len(self.links()) >= count, SECONDS, f"{count} links to {self.email}")
        return self.links()[0]

    def links(self) -> list[str]:
        """Those to the wizard in all mails, the newest first."""
        start = f"{self.stack.urls['wizard']}/invitation/"
        texts = [self._text(number) for _, number in self._mails()]
        return [word for text in texts for word in text.split() if word.startswith(start)]

    def _text(self, number: str) -> str:
        """Of a mail; read once, since mails do not change."""
        if number not in self.read:
            with Browser() as reader:
                reader.open(f"{self.stack.urls['mailbox']}{number}")
                self.read[number] = reader.text()
        return self.read[number]

    def follow(self, link: str) -> str:
        """Opens a link and goes on to the form, where there is one; the heading."""
        self.browser.open(link)
        if "Continue" in self.browser.text():
            self.browser.click("Continue")
        return self.browser.heading

    def enter(self, tenant: Tenant, app: App, secret: str = "") -> None:
        """Enters a registration, and starts authentication."""
        self.fill(str(tenant.id), str(app.client_id), secret or app.secrets[0].value)
        self.browser.click("Start authentication")

    def fill(self, tenant: str, client_id: str, secret: str) -> None:
        """The three values."""
        self.browser.fill("Customer Microsoft Tenant ID", tenant)
        self.browser.fill("Application (Client) ID", client_id)
        self.browser.fill("Client Secret", secret)

    def outcome(self, words: str) -> str:
        """Waits until the page says this; its heading."""
        self.browser.wait_for(words, SECONDS)
        return self.browser.heading

    def _mails(self) -> list[tuple[str, str]]:
        with Browser() as reader:
            reader.open(self.stack.urls["mailbox"])
            return [
                (row["Subject"], str(link["href"]))
                for row in reader.rows()
                if row["To"] == self.email and (link := row.element.find("a")) is not None
            ]


def registration(tenant: str = "Contoso", app: str = "Tenantlink access") -> tuple[Tenant, App]:
    """One of the simulator's."""
    found = next(each for each in Directory.load().tenant if each.name == tenant)
    return found, next(each for each in found.app if each.name == app)


def refused_with(number: int) -> tuple[Tenant, App]:
    """The registration that Entra refuses with this number."""
    return registration("Litware", f"AADSTS{number}")


def unknown_app(tenant: Tenant) -> App:
    """A registration that this tenant does not have."""
    client_id = UUID("3f2c1a10-0000-4000-8000-00000000ffff")
    return tenant.app[0].model_copy(update={"client_id": client_id})
