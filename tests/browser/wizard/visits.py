"""What people do in the wizard, by what is written on it, and what the other services answer."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from playwright.sync_api import Page

from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_runtime.clock import utc_now
from tests.integration.invitation.conftest import Reception
from tests.support.events import CLIENT, PROBLEM, TENANT, VERDICT, an_event
from tests.support.invitation_builders import SECRET

SUPPORT = {
    "aadsts": 7000215,
    "correlation_id": "0d4a7c1e-5b0f-4b47-9d0a-000000000001",
    "time": "2026-03-02T09:00:07Z",
}
BUSY = {
    "code": "microsoft_busy",
    "title": "Microsoft asks us to wait",
    "cause": "Microsoft Entra does not take this request at the moment.",
    "remedy": "You need to do nothing; we try again.",
    "passing": True,
}
AWAY = {
    "code": "microsoft_unreachable",
    "title": "Microsoft cannot be reached",
    "cause": "Microsoft Entra or Microsoft Graph did not answer.",
    "remedy": "You need to do nothing; we try again.",
    "passing": True,
}
CHECKS = [
    {"name": "sign_in", "state": "done"},
    {"name": "tenant", "state": "running"},
    {"name": "application", "state": "open"},
    {"name": "permissions", "state": "open"},
    {"name": "expiry", "state": "open"},
]


@dataclass(frozen=True)
class Visit:
    """A person with the link, and the service behind the page."""

    reception: Reception
    page: Page

    def follow(self, link: str) -> "Visit":
        """As far as the form."""
        self.page.goto(link)
        self.page.get_by_role("button", name="Continue", exact=True).click()
        self.page.get_by_role("heading", name="Enter your app registration").wait_for()
        return self

    def fill(self, tenant: str = TENANT, client: str = CLIENT, secret: str = SECRET) -> "Visit":
        """The three values, by their labels."""
        self.page.get_by_label("Customer Microsoft Tenant ID", exact=True).fill(tenant)
        self.page.get_by_label("Application (Client) ID", exact=True).fill(client)
        self.page.get_by_label("Client Secret", exact=True).fill(secret)
        return self

    def start(self) -> "Visit":
        """Start authentication, and come to the page that says that it is being checked."""
        self.page.get_by_role("button", name="Start authentication").click()
        self.page.get_by_role("heading", name="Being checked with Microsoft").wait_for()
        return self

    def reads(self, heading: str) -> None:
        """The page says this, at once or after it has refreshed itself."""
        self.page.get_by_role("heading", level=1, name=heading, exact=True).wait_for()

    @property
    def submitted(self) -> CredentialsSubmitted:
        """What was handed on last."""
        fact = self.reception.recorded(CredentialsSubmitted)[-1]
        assert isinstance(fact, CredentialsSubmitted)
        return fact

    def accepted(self, **verdict: Any) -> "Visit":
        """Microsoft has accepted it."""
        self._answer(DeviceAuthenticated, verdict={**VERDICT, **verdict})
        return self

    def refused(self, **problem: Any) -> "Visit":
        """Microsoft has not accepted it."""
        whole = {**PROBLEM, "support": SUPPORT, "link": "https://entra.microsoft.com/", **problem}
        self._answer(DeviceAuthenticationFailed, problem=whole)
        return self

    def progressed(self, step: int = 1, **told: Any) -> "Visit":
        """The check takes longer than a second."""
        self._answer(AuthenticationProgressed, step=step, **{"checks": CHECKS, **told})
        return self

    def waits(self, problem: dict[str, Any]) -> "Visit":
        """The check waits for Microsoft."""
        whole = {**PROBLEM, "support": SUPPORT, **problem}
        return self.progressed(waiting_for=whole, next_try=utc_now() + timedelta(minutes=5))

    def _answer(self, kind: type[Any], **data: Any) -> None:
        fact = self.submitted
        revision = len(self.reception.recorded(CredentialsSubmitted))
        ids = {"round": fact.round, "submission_id": fact.submission_id, "revision": revision}
        self.reception.receive(an_event(kind, at=utc_now(), **ids, **data))
