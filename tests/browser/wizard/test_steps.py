"""Steps 8 to 10 of the procedure in a real browser, and all that people do beside them."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tenantlink_contracts.invitation import CredentialsSubmitted, CredentialsWithdrawn
from tenantlink_runtime.clock import utc_now
from tests.browser.conftest import NARROW, PATIENCE_MS, WIDE
from tests.browser.wizard.visits import CHECKS, PROBLEM, Visit
from tests.integration.invitation.conftest import Reception
from tests.support.events import CLIENT, TENANT
from tests.support.invitation_builders import SECRET

VALID = "The Application Registration is valid"
People = Callable[..., Page]
expect.set_options(timeout=PATIENCE_MS)


@pytest.fixture
def link(reception: Reception) -> str:
    """A good link, as the mail has it."""
    return reception.invite(at=utc_now())


def submissions(reception: Reception) -> int:
    """How often a registration was handed on."""
    return len(reception.recorded(CredentialsSubmitted))


@pytest.mark.parametrize("width", [WIDE, NARROW])
def test_steps_8_to_10_go_by_what_is_written_on_the_pages(
    reception: Reception, person: People, link: str, width: int
) -> None:
    visit = Visit(reception, person(width)).follow(link).fill().start()
    visit.progressed()
    expect(visit.page.get_by_text("Sign in to Microsoft Entra")).to_be_visible()
    expect(visit.page.locator(".tick-done")).to_have_count(1)
    visit.progressed(step=2, checks=[{**each, "state": "done"} for each in CHECKS])
    expect(visit.page.locator(".tick-done")).to_have_count(len(CHECKS))
    visit.accepted().reads(VALID)
    expect(visit.page.get_by_text("You may close this window.")).to_be_visible()


def test_without_scripts_all_steps_go_as_well(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person(scripts=False)).follow(link)
    visit.fill(secret="two words").page.get_by_role("button", name="Start authentication").click()
    expect(visit.page.get_by_role("alert")).to_contain_text("This is not a client secret")
    visit.fill().start().accepted().reads(VALID)
    visit.page.get_by_role("link", name="Deutsch").click()
    visit.reads("Die App-Registrierung ist gültig")


def test_the_keyboard_alone_is_enough(reception: Reception, person: People, link: str) -> None:
    visit = Visit(reception, person())
    keyboard = visit.page.keyboard
    visit.page.goto(link)
    tab_to(visit.page, "Continue")
    keyboard.press("Enter")
    visit.reads("Enter your app registration")
    tab_to(visit.page, "tenant")
    for value in (TENANT, CLIENT, SECRET):
        keyboard.type(value)
        keyboard.press("Tab")
    tab_to(visit.page, "Start authentication")
    keyboard.press("Enter")
    visit.reads("Being checked with Microsoft")
    visit.accepted().reads(VALID)


def tab_to(page: Page, name: str) -> None:
    """Press Tab until the focus is there, and it can be seen there."""
    for _ in range(40):
        focus = "[document.activeElement.id, document.activeElement.textContent.trim()]"
        if name in page.evaluate(focus):
            assert page.evaluate("document.activeElement.matches(':focus-visible')")
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never comes to {name}")


def test_a_double_click_a_reload_and_back_are_one_submission(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person()).follow(link).fill()
    visit.page.get_by_role("button", name="Start authentication").dblclick()
    visit.reads("Being checked with Microsoft")
    visit.page.reload()
    visit.page.go_back()
    visit.reads("Enter your app registration")
    visit.page.go_forward()
    visit.accepted().reads(VALID)
    assert submissions(reception) == 1


def test_a_double_click_without_scripts_is_one_submission_too(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person(scripts=False)).follow(link).fill()
    visit.page.get_by_role("button", name="Start authentication").dblclick()
    visit.reads("Being checked with Microsoft")
    visit.accepted().reads(VALID)
    assert submissions(reception) == 1


def test_two_tabs_of_one_browser_show_the_same_result(
    reception: Reception, person: People, link: str
) -> None:
    first = Visit(reception, person()).follow(link)
    second = Visit(reception, first.page.context.new_page()).follow(link)
    first.fill().start().accepted().reads(VALID)
    second.fill().page.get_by_role("button", name="Start authentication").click()
    second.reads(VALID)
    assert submissions(reception) == 1


def test_two_browsers_on_one_link_never_see_each_others_result(
    reception: Reception, person: People, link: str
) -> None:
    ours = Visit(reception, person()).follow(link)
    theirs = Visit(reception, person())
    ours.fill().start()
    theirs.page.goto(link)
    theirs.page.get_by_role("button", name="Continue", exact=True).click()
    theirs.reads("Somebody else is at it")
    ours.accepted().reads(VALID)
    theirs.reads("Your tenant is already connected")
    expect(theirs.page.get_by_text("Tenantlink access")).to_have_count(0)


def test_what_was_typed_stays_after_a_fault_a_refusal_and_another_language_but_for_the_secret(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person(scripts=False)).follow(link)
    visit.fill(secret="").page.get_by_role("button", name="Start authentication").click()
    visit.page.get_by_role("link", name="Deutsch").click()
    visit.page.get_by_role("link", name="English").click()
    typed = visit.page.get_by_label("Customer Microsoft Tenant ID")
    expect(typed).to_have_value(TENANT)
    visit.fill().start().refused()
    visit.reads(PROBLEM["title"])
    visit.page.get_by_role("link", name="Enter the registration again").click()
    expect(typed).to_have_value(TENANT)
    expect(visit.page.get_by_label("Client Secret", exact=True)).to_have_value("")
    expect(visit.page.get_by_label("Client Secret", exact=True)).to_be_focused()


def test_shapes_are_checked_in_the_browser_with_a_summary_and_words_at_the_field(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person()).follow(link).fill("contoso", CLIENT, CLIENT)
    visit.page.get_by_role("button", name="Start authentication").click()
    summary = visit.page.get_by_role("alert")
    expect(summary).to_be_focused()
    expect(summary).to_contain_text("This is not a tenant ID")
    summary.get_by_role("link", name="Client Secret").click()
    secret = visit.page.get_by_label("Client Secret", exact=True)
    expect(secret).to_be_focused()
    expect(visit.page.locator("#secret-fault")).to_contain_text("This is the Secret ID")
    visit.fill().start()
    assert submissions(reception) == 1


def test_the_secret_can_be_shown_and_hidden_and_pasted(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person()).follow(link)
    secret = visit.page.get_by_label("Client Secret", exact=True)
    expect(secret).to_have_attribute("type", "password")
    visit.page.get_by_role("button", name="Show the client secret").click()
    expect(secret).to_have_attribute("type", "text")
    secret.focus()
    visit.page.keyboard.insert_text(f" {SECRET}")
    visit.page.get_by_role("button", name="Show the client secret").click()
    expect(secret).to_have_attribute("type", "password")
    visit.page.get_by_label("Customer Microsoft Tenant ID", exact=True).fill(TENANT)
    visit.page.get_by_label("Application (Client) ID", exact=True).fill(CLIENT)
    visit.start()
    assert reception.secret(visit.submitted) == SECRET


def test_the_wrong_organisation_is_taken_back_and_another_registration_entered(
    reception: Reception, person: People, link: str
) -> None:
    visit = Visit(reception, person()).follow(link).fill().start().accepted()
    visit.reads(VALID)
    visit.page.get_by_role("link", name="This is not our organisation").click()
    visit.page.get_by_role("button", name="Take it back").click()
    visit.reads("Taken back")
    assert len(reception.recorded(CredentialsWithdrawn)) == 1
    visit.page.get_by_role("link", name="Enter another registration").click()
    visit.fill().start().accepted().reads(VALID)


def test_the_language_is_the_orders_and_can_be_changed_on_every_page(
    reception: Reception, person: People
) -> None:
    order = {"email": "admin@contoso.example", "language": "de"}
    visit = Visit(reception, person())
    visit.page.goto(reception.invite(at=utc_now(), invitation=order))
    visit.reads("Aktivieren Sie Ihren Microsoft-365-Mandanten")
    assert visit.page.locator("html").get_attribute("lang") == "de"
    visit.page.get_by_role("link", name="English").click()
    visit.reads("Activate your Microsoft 365 tenant")
    visit.page.get_by_role("button", name="Continue", exact=True).click()
    visit.reads("Enter your app registration")


def test_a_scanner_that_runs_scripts_clicks_everything_and_sends_junk_leaves_the_link_good(
    reception: Reception, person: People, link: str
) -> None:
    for label in ("Continue", "First show me how to prepare", "I am not the right person"):
        scanner = person()
        scanner.goto(link)
        scanner.get_by_role("button", name=label, exact=True).click()
        scanner.wait_for_load_state("load")
        for _ in range(2):
            send_junk(scanner)
        for address in links_of(scanner):
            scanner.goto(address)
            send_junk(scanner)
    assert submissions(reception) == 0
    Visit(reception, person()).follow(link).fill().start().accepted().reads(VALID)


def links_of(page: Page) -> list[str]:
    """Where a scanner could go from a page."""
    script = "[...document.querySelectorAll('a[href]')].map((each) => each.href)"
    found: list[str] = page.evaluate(script)
    return [each for each in dict.fromkeys(found) if each.startswith("http://127.0.0.1:")]


def send_junk(page: Page) -> None:
    """Fill every field with junk, click every button that does not leave, send every form."""
    page.evaluate(
        """() => {
          for (const input of document.querySelectorAll("input:not([type=hidden])"))
            input.value = input.type === "date" ? "1999-01-01" : "junk'><{{7*7}}@x.example";
          for (const button of document.querySelectorAll("button[type=button]")) button.click();
        }"""
    )
    if page.locator("form").count():
        with page.expect_navigation():
            page.evaluate("HTMLFormElement.prototype.submit.call(document.forms[0])")
