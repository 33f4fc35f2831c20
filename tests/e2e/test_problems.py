"""What the administrator reads for each kind of problem, by the real wizard, msal and Graph."""

from collections.abc import Iterator

import pytest

from tenantlink_local.stack import Stack
from tests.e2e.administrator import VALID, Administrator, refused_with, registration
from tests.e2e.crm import Crm, order_document

# The number that Entra refuses with, and the title of what the person reads.
NUMBERS = [
    (7000215, "The client secret is not right"),
    (7000222, "The client secret has expired"),
    (7000216, "The client secret did not arrive"),
    (700025, "The application cannot use a secret"),
    (700016, "The application is not in this tenant"),
    (7000229, "The application is not set up in this tenant"),
    (7000112, "The application is switched off"),
    (90002, "The tenant does not exist"),
    (900023, "The tenant id has the wrong form"),
    (90038, "The tenant lives in another Microsoft cloud"),
    (500011, "Microsoft Graph is not available in this tenant"),
    (65001, "Admin consent is missing"),
    (70011, "We have asked Microsoft in a wrong way"),
    (53003, "A policy of your tenant blocks us"),
    (50034, "Microsoft Entra refused"),
]
# What works in the end, and words of the page that tells so.
WORKING = [
    ("Throttled once, then right", VALID),
    ("Throttled until a moment, then right", VALID),
    ("Unavailable once, then right", VALID),
    ("Slow", VALID),
    ("May not read applications", "the permission Application.Read.All would tell"),
    ("Two secrets with one hint", "at the earliest"),
    ("May do far too much", "Permissions we do not need"),
    ("Secret ends tomorrow", "The secret ends soon"),
]
# What passes: the page says that it waits, and for what.
PASSING = [
    ("Throttled", "Microsoft asks us to wait"),
    ("Unavailable", "Microsoft cannot be reached"),
    ("Half an answer", "Microsoft cannot be reached"),
    ("Graph is throttled", "Microsoft asks us to wait"),
]


@pytest.fixture(scope="module")
def crm(stack: Stack) -> Crm:
    return Crm.of(stack)


@pytest.fixture
def person(stack: Stack, crm: Crm) -> Iterator[Administrator]:
    """An administrator at the form of an order of their own."""
    document = order_document()
    crm.order(document)
    with Administrator.at(stack, document["invitation"]["email"]) as administrator:
        administrator.follow(administrator.link())
        yield administrator


@pytest.mark.parametrize("rows", [NUMBERS[:5], NUMBERS[5:10], NUMBERS[10:]])
def test_each_number_of_entra_is_explained_and_the_form_comes_back(
    person: Administrator, rows: list[tuple[int, str]]
) -> None:
    for number, title in rows:
        person.enter(*refused_with(number))
        assert person.outcome("What to do") == title, number
        assert str(number) in person.browser.text()
        person.browser.click("Enter the registration again")
    person.enter(*registration())
    assert person.outcome(VALID) == VALID


@pytest.mark.parametrize(("app", "words"), WORKING)
def test_what_works_in_the_end_says_what_is_worth_knowing(
    person: Administrator, app: str, words: str
) -> None:
    person.enter(*registration(app=app))
    assert person.outcome(VALID) == VALID
    assert words in person.browser.text()


@pytest.mark.parametrize(("app", "words"), PASSING)
def test_what_passes_is_told_while_it_is_waited_for(
    person: Administrator, app: str, words: str
) -> None:
    person.enter(*registration(app=app))
    person.outcome("We try again at")
    person.outcome("You may close this window")


def test_a_required_permission_that_is_missing_is_named(person: Administrator) -> None:
    person.enter(*registration(app="May not read the organisation"))
    assert "Organization.Read.All" in person.outcome("What to do")


def test_a_tenant_whose_domains_are_others_is_connected_and_flagged(
    person: Administrator,
) -> None:
    person.enter(*registration("Fabrikam"))
    assert person.outcome(VALID) == VALID
    assert "Is this the right organisation?" in person.browser.text()


def test_another_tenant_than_the_one_that_was_ordered_is_refused(stack: Stack, crm: Crm) -> None:
    tenant, _ = registration("Fabrikam")
    document = order_document(expected_tenant=str(tenant.id))
    crm.order(document)
    with Administrator.at(stack, document["invitation"]["email"]) as person:
        person.follow(person.link())
        person.enter(*registration())
        title = "This is not the tenant that is to be connected"
        assert person.outcome("What to do") == title
        person.browser.click("Enter the registration again")
        person.enter(*registration("Fabrikam"))
        assert person.outcome(VALID) == VALID


@pytest.mark.parametrize(
    "tenant", ["common", "organizations", "evil.example/..", "[::1]", "127.0.0.1", "contoso"]
)
def test_a_tenant_that_leads_elsewhere_is_refused_at_sight(
    person: Administrator, tenant: str
) -> None:
    _, app = registration()
    person.fill(tenant, str(app.client_id), app.secrets[0].value)
    person.browser.click("Start authentication")
    assert "This is not a tenant ID" in person.browser.text()
    assert app.secrets[0].value not in str(person.browser.page)
