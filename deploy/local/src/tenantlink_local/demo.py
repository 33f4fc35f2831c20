"""The whole procedure, all 21 steps of the seed, through the pages and the mailbox like a person.

It never looks into a database or into a service's memory. Every label is the seed's own. Each
method below is one step or a few that belong together; what a step must show, it checks.
"""

import secrets
from dataclasses import dataclass, field

from tenantlink_local.browser import LIMIT_SECONDS, Browser, Row
from tenantlink_local.entra.directory import App, Directory, Tenant
from tenantlink_local.narrator import Narrator
from tenantlink_local.process import wait_until

CUSTOMER = "Contoso"
LICENSE = "Hosted Essentials+"
USERS = "120"
ROUTING = "Microsoft 365 default routing and SBC configuration"
DAYS = "Client Secret Days Until Expire"
VALIDATED = "Tenant credentials validated"
ENTRA_LINK = "Open this page in the Microsoft Entra admin center"
WRONG_SECRET = "Wrg~this-is-not-the-right-value-01234567"


class DidNotComeTrue(Exception):
    """A step did not show what it must show."""


@dataclass
class Procedure:
    """The two people of the procedure, each with a browser of their own."""

    urls: dict[str, str]
    ca: str
    tell: Narrator
    short_name: str = field(default_factory=lambda: f"contoso-{secrets.token_hex(2)}")

    def __post_init__(self) -> None:
        self.operator = Browser(self.ca)
        self.administrator = Browser()
        self.email = f"it-admin.{self.short_name}@contoso.example"
        self.full_name = f"Contoso Direct Routing {self.short_name[-4:]}"
        self.tenant, self.app = _registration()

    def go(self) -> str:
        """All steps; the days until the client secret expires."""
        self.tell.part("Order 1: the operator, in the console")
        self.sign_in()
        self.have_customer()
        self.order_service()
        self.tell.part("Order 1: the customer's IT administrator, in mailbox and Invitation wizard")
        self.follow_link()
        self.enter_wrong_secret()
        self.enter_right_secret()
        self.tell.part("Order 1: the operator again, in the console")
        self.see_authenticated()
        self.add_pending_invitation()
        self.validate()
        self.complete_wizard()
        self.hear_of_creation()
        return self.validate_authentication()

    def sign_in(self) -> None:
        """The identity provider asks who one is."""
        with self.tell.step("", "Open the console and sign in as Operator"):
            self.operator.open(self.urls["console"])
            self.operator.click("Operator")
            self._expect(self.operator, heading="Services")

    def have_customer(self) -> None:
        """A customer is there, or is added."""
        with self.tell.step("", f"Make sure that the customer {CUSTOMER} is in the list"):
            self.operator.click("Customers")
            if CUSTOMER not in [row["Customer name"] for row in self.operator.rows()]:
                self.operator.click("Add customer")
                self.operator.fill("Customer name", CUSTOMER)
                self.operator.click("Save customer")
            self.operator.click("Services")

    def order_service(self) -> None:
        """Steps 1 to 7."""
        browser = self.operator
        with self.tell.step("1", "Services: Add Service > Direct Routing"):
            self._open_wizard()
        with self.tell.step("2", f"Choose the customer {CUSTOMER}"):
            browser.choose("Customer", CUSTOMER)
        with self.tell.step("3", "Click Add New Tenant"):
            browser.click("Add New Tenant")
            self._expect(browser, heading="Add New Tenant")
        with self.tell.step("4", f"Unique Short Name of Service: {self.short_name}"):
            browser.fill("Unique Short Name of Service", self.short_name)
            browser.fill("Full Name of Service", self.full_name)
        with self.tell.step("5", f"License type: {LICENSE}"):
            browser.choose("License type", LICENSE)
        with self.tell.step("6", f"Number of licensed users: {USERS}"):
            browser.fill("Number of licensed users", USERS)
        with self.tell.step("7", "Tick Send link to IT administrator for authentication; Next"):
            browser.tick("Send link to IT administrator for authentication")
            browser.fill("Email address of the tenant service admin", self.email)
            browser.click("Next")
            self._expect(browser, text=self.email)
            self.tell.say(f"the console says: {browser.heading}")

    def follow_link(self) -> None:
        """The mail, and step 8."""
        browser = self.administrator
        with self.tell.step("", f"An email is sent to {self.email}"):
            self._open_mail(self.email, "Activate")
            self.tell.say(f"its subject: {browser.heading}")
        with self.tell.step("8", "Click here to activate your tenant: the Invitation wizard"):
            browser.click("Open the HTML part alone")
            browser.click("Click here to activate your tenant")
            self.tell.say(f"the wizard says: {browser.heading}")
            browser.click("Continue")

    def enter_wrong_secret(self) -> None:
        """Step 9 as it often goes at first."""
        with self.tell.step(
            "9", "Enter the registration with a wrong secret; Start authentication"
        ):
            self._start_authentication(WRONG_SECRET)
            self.administrator.wait_for("What to do")
            self.tell.say(f"the wizard says: {self.administrator.heading}")
            for paragraph in self._explanation():
                self.tell.say(paragraph)
            self.administrator.click("Enter the registration again")

    def enter_right_secret(self) -> None:
        """Steps 9 and 10."""
        with self.tell.step("9", "Enter the registration; Start authentication"):
            self._start_authentication(self.app.secrets[0].value)
        with self.tell.step("10", "A confirmation that the Application Registration is valid"):
            self.administrator.wait_for("The Application Registration is valid")
            self._expect(self.administrator, text=self.tenant.name)
            self.tell.say(f"the wizard says: {self.administrator.heading}")

    def see_authenticated(self) -> None:
        """Step 11."""
        with self.tell.step("11", "Pending Invitations: Device Authenticated is true"):
            self.operator.click("Pending Invitations")
            self._wait_for_cell(self.short_name, "Device Authenticated", "true")

    def add_pending_invitation(self) -> None:
        """Steps 12 to 14."""
        browser = self.operator
        with self.tell.step("12", "Open the Onboarding wizard again"):
            browser.click("Services")
            self._open_wizard()
        with self.tell.step("13", "Click Pending Invitations"):
            browser.click("Pending Invitations")
        with self.tell.step("14", "Click Add: the details of the Application Registration"):
            browser.click("Add", within=browser.row(self.short_name).element)
            self._expect(browser, heading="Application Registration", text=self.tenant.name)
            shown = browser.definition("Application (Client) ID")
            _check(shown == str(self.app.client_id), f"another Client ID is shown: {shown}")

    def validate(self) -> None:
        """Steps 15 and 16."""
        with self.tell.step("15", "Next: the tenant credentials are validated"):
            self.operator.click("Next")
            self.operator.wait_for("The tenant credentials are validated")
        with self.tell.step("16", "Next"):
            self.operator.click("Next")
            self._expect(self.operator, heading="Microsoft 365 Settings")

    def complete_wizard(self) -> None:
        """Step 17."""
        browser = self.operator
        with self.tell.step("17", "Complete the wizard: settings, review, Create service"):
            browser.choose("Microsoft 365 Settings", ROUTING)
            browser.click("Next")
            self._expect(browser, heading="Review", text=self.full_name)
            browser.click("Create service")
            self._expect(browser, heading="The service has been created")

    def hear_of_creation(self) -> None:
        """Step 18."""
        with self.tell.step("18", "A mail says that the service has been created"):
            self._open_mail(self.email, "has been created")
            self.tell.say(f"its subject: {self.administrator.heading}")

    def validate_authentication(self) -> str:
        """Steps 19 to 21; the days."""
        browser = self.operator
        with self.tell.step("19", "Services, Direct Routing: Edit Service, the Service portal"):
            browser.click("Services")
            row = browser.row(self.short_name)
            _check(row["Service"] == "Direct Routing", f"the service is {row['Service']!r}")
            browser.click("Edit Service", within=row.element)
        with self.tell.step("20", "Configuration > M365 Configuration"):
            browser.click("M365 Configuration")
            before = self._validations()
        with self.tell.step("21", f"Validate Authentication: {DAYS}"):
            browser.click("Validate Authentication")
            browser.wait_for("successful")
            _check(self._validations() == before + 1, "the timeline tells of no new validation")
            days = browser.definition(DAYS)
            expected = str(self.app.secrets[0].ends_in_days)
            _check(days.startswith(expected), f"{days!r} days instead of {expected}")
            self.tell.say(f"{DAYS}: {days}")
        return days

    def mailed_link(self) -> str:
        """The link as the text part of the mail shows it."""
        self._open_mail(self.email, "Activate")
        start = f"{self.urls['wizard']}/invitation/"
        return next(word for word in self.administrator.text().split() if word.startswith(start))

    def _open_wizard(self) -> None:
        self.operator.click("Add Service")
        self.operator.click("Direct Routing")

    def _start_authentication(self, secret: str) -> None:
        browser = self.administrator
        browser.fill("Customer Microsoft Tenant ID", str(self.tenant.id))
        browser.fill("Application (Client) ID", str(self.app.client_id))
        browser.fill("Client Secret", secret)
        browser.click("Start authentication")

    def _explanation(self) -> list[str]:
        """What the wizard says about a problem, before what is for support."""
        said = self.administrator.text().partition("What happened")[2].partition("For support")[0]
        cause, _, remedy = said.replace(f"{ENTRA_LINK} ", "").partition("What to do")
        return [cause.strip(), remedy.removesuffix("Enter the registration again ").strip()]

    def _open_mail(self, address: str, subject: str) -> None:
        """Wait for a mail in the mailbox and open it."""
        browser = self.administrator
        browser.open(self.urls["mailbox"])
        found: list[Row] = []

        def has_come() -> bool:
            browser.reload()
            found.extend(
                r for r in browser.rows() if address in r["To"] and subject in r["Subject"]
            )
            return bool(found)

        _check(wait_until(has_come, LIMIT_SECONDS), f"no mail {subject!r} to {address}")
        browser.click(found[0]["Subject"], within=found[0].element)

    def _validations(self) -> int:
        """How many validations the service's own timeline tells of; back on the page after it."""
        browser, page = self.operator, self.operator.url
        browser.click("Timeline")
        told = [row for row in browser.rows() if VALIDATED in row["What"]]
        browser.open(page)
        return len(told)

    def _wait_for_cell(self, containing: str, column: str, value: str) -> None:
        """Facts reach the console by events: look again for a moment."""
        browser = self.operator

        def is_there() -> bool:
            browser.reload()
            return browser.row(containing)[column] == value

        seen = wait_until(is_there, LIMIT_SECONDS)
        _check(seen, f"{column} of {containing} stays {browser.row(containing)[column]!r}")

    def _expect(self, browser: Browser, heading: str = "", text: str = "") -> None:
        _check(heading in browser.heading, f"the page is {browser.heading!r}, not {heading!r}")
        _check(text in browser.text(), f"{text!r} is not on the page {browser.heading!r}")


def _registration() -> tuple[Tenant, App]:
    """What the administrator would copy from the Entra admin center."""
    tenant = next(each for each in Directory.load().tenant if each.name == CUSTOMER)
    return tenant, tenant.app[0]


def _check(is_true: bool, otherwise: str) -> None:
    if not is_true:
        raise DidNotComeTrue(otherwise)
