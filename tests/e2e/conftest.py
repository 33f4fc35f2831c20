"""The whole system, as `make up` starts it: once for all end-to-end tests, stopped at the end."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tenantlink_local import stack as local
from tenantlink_local.demo import Procedure
from tenantlink_local.narrator import Narrator
from tenantlink_local.stack import Stack


@pytest.fixture(scope="session")
def stack() -> Iterator[Stack]:
    """Private servers, simulators and the product's six processes."""
    with tempfile.TemporaryDirectory(prefix="tenantlink-e2e-") as private:
        place = Path(private)
        place.chmod(0o755)  # a server user has to be able to reach it
        running = local.up(place / "stack")
        try:
            yield running
        finally:
            running.down()


@pytest.fixture
def people(stack: Stack) -> Iterator[Procedure]:
    """An operator and an administrator, each with a browser, and an order of their own."""
    procedure = Procedure(stack.urls, stack.ca, Narrator())
    with procedure.operator, procedure.administrator:
        yield procedure


@pytest.fixture
def ordered(people: Procedure) -> Procedure:
    """The same, at step 8: the service is ordered, the administrator is at the wizard's form."""
    people.sign_in()
    people.have_customer()
    people.order_service()
    people.follow_link()
    return people


@pytest.fixture
def enter(ordered: Procedure) -> Callable[..., str]:
    """Enters a registration in the wizard, right where it is not told otherwise; the heading."""
    browser = ordered.administrator

    def submit(tenant: str = "", client_id: str = "", secret: str = "", until: str = "") -> str:
        browser.fill("Customer Microsoft Tenant ID", tenant or str(ordered.tenant.id))
        browser.fill("Application (Client) ID", client_id or str(ordered.app.client_id))
        browser.fill("Client Secret", secret or ordered.app.secrets[0].value)
        browser.click("Start authentication")
        if until:
            browser.wait_for(until)
        return browser.heading

    return submit
