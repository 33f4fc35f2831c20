"""What is wrong is told at its place, in plain words, and nothing is lost."""

from collections.abc import Callable

import pytest
from bs4 import Tag

from tenantlink_local.browser import Browser
from tenantlink_local.demo import Procedure
from tenantlink_local.stack import Stack
from tests.support.waiting import eventually

UNKNOWN = "3f2c1a10-0000-4000-8000-00000000ffff"


def faults(browser: Browser) -> dict[str, str]:
    """What stands at each field."""
    found = browser.page.select(".fault-text[id]")
    return {str(each["id"]).removesuffix("-fault"): each.get_text(" ", True) for each in found}


def timeline_of(people: Procedure) -> str:
    """What the console tells of the order."""
    people.operator.click("Pending Invitations")
    people.operator.click(f"Timeline of {people.short_name}")
    return people.operator.text()


def test_every_broken_rule_of_an_order_is_told_at_its_field_and_what_was_typed_stays(
    people: Procedure,
) -> None:
    people.sign_in()
    people.have_customer()
    browser = people.operator
    browser.click("Add Service")
    browser.click("Direct Routing")
    browser.choose("Customer", "Contoso")
    browser.click("Add New Tenant")
    browser.fill("Unique Short Name of Service", "a.audit/b c with much more")
    browser.fill("Number of licensed users", "501")
    browser.tick("Send link to IT administrator for authentication")
    browser.fill("Email address of the tenant service admin", "one@x.example, two@x.example")
    browser.click("Next")
    assert browser.status == 422
    told = faults(browser)
    for words in ("3 to 15 characters", "cannot be used: /", "dot", "blank", "'audit'"):
        assert words in told["short_name"]
    assert "Hosted Essentials+ or Hosted Pro" in told["license"]
    assert "1 to 500" in told["licensed_users"]
    assert "exactly one email address" in told["email"]
    field = browser.page.find(id="short_name")
    assert isinstance(field, Tag)
    assert field["value"] == "a.audit/b c with much more"
    assert field["aria-invalid"] == "true"


@pytest.mark.parametrize(
    ("wrong", "heading"),
    [
        ({"secret": "Wrg~this-is-not-the-right-value-01234567"}, "The client secret is not right"),
        ({"client_id": UNKNOWN}, "The application is not in this tenant"),
        ({"tenant": UNKNOWN}, "The tenant does not exist"),
    ],
)
def test_a_wrong_value_is_explained_and_the_link_stays_good(
    enter: Callable[..., str], ordered: Procedure, wrong: dict[str, str], heading: str
) -> None:
    assert enter(**wrong, until="What to do") == heading
    assert "AADSTS" in ordered.administrator.text()
    ordered.administrator.click("Enter the registration again")
    valid = "The Application Registration is valid"
    assert enter(until=valid) == valid


def test_a_guid_in_the_secret_field_is_named_as_the_secret_id_before_any_call(
    enter: Callable[..., str], ordered: Procedure
) -> None:
    assert enter(secret=UNKNOWN) == "Enter your app registration"
    browser = ordered.administrator
    assert browser.status == 422
    assert "This is the Secret ID, not the secret" in faults(browser)["secret"]
    assert "Nothing has been sent to Microsoft" in browser.text()
    ordered.operator.click("Pending Invitations")
    ordered.operator.click(f"Timeline of {ordered.short_name}")
    assert not [row for row in ordered.operator.rows() if "Registration" in row["What"]]


def test_an_unknown_and_a_used_link_show_one_neutral_page_to_a_stranger(
    enter: Callable[..., str], ordered: Procedure, stack: Stack
) -> None:
    enter(until="The Application Registration is valid")
    pages = []
    for link in (ordered.mailed_link(), f"{stack.urls['wizard']}/invitation/{'x' * 43}"):
        with Browser() as stranger:
            stranger.open(link)
            pages.append((stranger.status, str(stranger.page)))
    assert pages[0] == pages[1]
    assert "This link is not active" in pages[0][1]
    assert "Contoso" not in pages[0][1]


def test_a_slower_registration_on_the_same_link_changes_nothing_of_the_one_accepted_first(
    ordered: Procedure, enter: Callable[..., str], stack: Stack
) -> None:
    slow = next(app for app in ordered.tenant.app if app.name == "Slow")
    link = ordered.mailed_link()
    with Browser() as colleague:
        colleague.open(link)
        colleague.click("Continue")
        colleague.fill("Customer Microsoft Tenant ID", str(ordered.tenant.id))
        colleague.fill("Application (Client) ID", str(slow.client_id))
        colleague.fill("Client Secret", slow.secrets[0].value)
        colleague.click("Start authentication")
        ordered.administrator.open(f"{stack.urls['wizard']}/wizard")
        enter(until="The Application Registration is valid")
        ordered.see_authenticated()
        ordered.add_pending_invitation()
        colleague.wait_for("Your tenant is already connected")
    eventually(lambda: "Your tenant was connected already" in timeline_of(ordered))
    ordered.see_authenticated()
    ordered.operator.click("Go on", within=ordered.operator.row(ordered.short_name).element)
    assert ordered.operator.definition("Application (Client) ID") == str(ordered.app.client_id)
    ordered.validate()
    ordered.complete_wizard()
