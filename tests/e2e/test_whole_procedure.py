"""All 21 steps of the procedure, over HTTP and mail, and what must hold when they are done."""

from tenantlink_local.demo import Procedure
from tenantlink_local.stack import Stack
from tests.support import clear_text

TOLD = (
    "Ordered by Operator",
    "Invitation issued for",
    "Invitation sent to",
    "Registration not accepted: The client secret is not right",
    "Device authenticated: tenant Contoso",
    "Added the pending invitation",
    "Tenant credentials validated (run 1)",
    "Completed the onboarding",
    "created",
    "Tenant credentials validated (run 2)",
)


def test_every_step_comes_true_and_the_timeline_tells_of_it(people: Procedure) -> None:
    assert people.go().startswith("180")
    assert {int(each.number) for each in people.tell.steps if each.number} == set(range(1, 22))
    people.operator.click("Timeline")
    told = [row["What"] for row in people.operator.rows()]
    places = [next(i for i, each in enumerate(told) if words in each) for words in TOLD]
    assert places == sorted(places), told


def test_no_secret_and_no_link_stands_in_clear_in_any_database_or_log(
    people: Procedure, stack: Stack
) -> None:
    """The search is proven by what may stand there: the tenant's id."""
    people.go()
    token = people.mailed_link().rpartition("/")[2]
    found = clear_text.places(stack, str(people.tenant.id))
    assert {"database of onboarding", "database of credential_validator"} <= found
    assert clear_text.places(stack, people.app.secrets[0].value) == set()
    assert clear_text.places(stack, token) == set()
