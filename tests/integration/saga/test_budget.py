"""What one order costs in messages, deliveries and SQL statements, from the order to the service.

The numbers are the architecture's budget. They are counted for fifty orders that go in step, as
they do where there is much to do, and for one order alone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest

from invitation.adapters.sealed import SealedSecrets
from invitation.app.submit_registration import Sender, SubmitRegistration
from invitation.domain.registration import Registration
from onboarding.app import choose_settings, claim_invitation, create_service, request_validation
from onboarding.app.desk import Decide
from onboarding.bootstrap import build_console
from onboarding.domain.customer import Customer
from onboarding.domain.operator import Scope
from onboarding.domain.registers import Routing
from onboarding.domain.states import State
from tenantlink_contracts import names
from tenantlink_runtime import keys
from tenantlink_runtime.clock import new_id, utc_now
from tenantlink_runtime.sealing import PublicKeys
from tests.integration.saga.factory import Factory, factory, onboarding_settings
from tests.support.events import CLIENT, TENANT
from tests.support.onboarding_builders import a_raw_order, an_operator

pytestmark = pytest.mark.usefixtures("servers")
EVERYTHING = Scope.everything()
MESSAGES = {
    "ServiceRequested": 1,
    "InvitationIssued": 1,
    "InvitationSent": 1,
    "CredentialsSubmitted": 1,
    "DeviceAuthenticated": 1,
    "TenantValidationRequested": 1,
    "TenantValidated": 1,
    "ServiceCreated": 1,
    "NoticeRequested": 2,
}
DELIVERIES = 15
STATEMENTS_IN_STEP = 40
STATEMENTS_ALONE = 150


class People:
    """Everybody who acts, by the services' own verbs: each action is a transaction of a page."""

    def __init__(self, running: Factory, urls: dict[str, str], folder: Path) -> None:
        self.running = running
        engine = running.services[names.ONBOARDING].engine
        self.console = build_console(onboarding_settings(urls, folder), engine)
        self.olivia = an_operator(name="Olivia", email="olivia@provider.example")
        sealer = SealedSecrets(PublicKeys.load(folder / "public.jwks.json"))
        transactions = running.services[names.INVITATION].host.transactions
        self.wizard = SubmitRegistration(transactions, sealer, utc_now)
        self.customer = Customer(new_id(), "contoso", "Contoso", ("contoso.example",))
        assert self.console.customers.add(self.customer)

    def go(self, many: int) -> list[UUID]:
        """All steps of so many orders, side by side."""
        orders = [self._order(number) for number in range(many)]
        self.running.run()
        for subject in orders:
            entered = Registration(TENANT, UUID(CLIENT), "abc~a-secret-of-contoso-0123456789")
            self.wizard.run(subject, 1, Sender("a browser"), entered)
        self.running.run()
        for subject in orders:
            self._act(subject, lambda o, now: claim_invitation.claim(o, now, self.olivia, False))
            self._act(subject, request_validation.validate)
        self.running.run()
        for subject in orders:
            self._act(
                subject,
                lambda o, now: choose_settings.choose(o, now, Routing.DEFAULT, "a.example"),
            )
            self._act(subject, create_service.create)
        self.running.run()
        return orders

    def _order(self, number: int) -> UUID:
        raw = a_raw_order(customer=self.customer.id, short_name=f"voice-{number}")
        answer = self.console.orders.run(EVERYTHING, self.olivia, raw, new_id())
        assert isinstance(answer, UUID), answer
        return answer

    def _act(self, subject: UUID, decide: Decide) -> None:
        self.console.desk.act(EVERYTHING, subject, self.olivia, "an action", decide)


@pytest.fixture
def people(migrated_database: Callable[[str], str], tmp_path: Path) -> Iterator[People]:
    urls = {name: migrated_database(name.replace("-", "_")) for name in names.SERVICES}
    keys.generate(tmp_path)
    with factory(urls, tmp_path) as running:
        yield People(running, urls, tmp_path)


def statements(running: Factory) -> int:
    return sum(each.statements for each in running.services.values())


@pytest.mark.parametrize(("many", "limit"), [(50, STATEMENTS_IN_STEP), (1, STATEMENTS_ALONE)])
def test_an_order_costs_no_more_than_its_budget(people: People, many: int, limit: int) -> None:
    running = people.running
    began = statements(running)
    orders = people.go(many)
    spent = (statements(running) - began) / many
    onboardings = people.console.onboardings
    assert {onboardings.find(EVERYTHING, each).state for each in orders} == {State.ACTIVE}  # type: ignore[union-attr]
    sent: dict[str, int] = {}
    for service in running.services.values():
        for name, count in service.messages.items():
            sent[name] = sent.get(name, 0) + count
    assert sent == {name: count * many for name, count in MESSAGES.items()}
    assert sum(each.deliveries for each in running.services.values()) <= DELIVERIES * many
    assert spent <= limit
