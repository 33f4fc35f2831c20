"""The Invitation wizard, as the IT administrator goes through it."""

from datetime import timedelta
from typing import Any

import pytest

from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.invitation import CredentialsSubmitted
from tenantlink_local.browser import Browser, NotOnThePage
from tenantlink_runtime.clock import utc_now
from tests.integration.invitation.conftest import Reception
from tests.support.events import CLIENT, PROBLEM, TENANT, VERDICT, an_event
from tests.support.invitation_builders import SECRET

LABELS = ("Customer Microsoft Tenant ID", "Application (Client) ID", "Client Secret")
SECRET_ID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SUPPORT = {
    "aadsts": 7000215,
    "correlation_id": "0d4a7c1e-5b0f-4b47-9d0a-000000000001",
    "time": "2026-03-02T09:00:07Z",
}


def enter(browser: Browser, link: str) -> None:
    """Follow the link in the mail, as far as the form."""
    browser.open(link)
    browser.click("Continue")


def start(browser: Browser, *values: str) -> None:
    """Fill in the form and send it."""
    for label, value in zip(LABELS, values or (TENANT, CLIENT, SECRET), strict=True):
        browser.fill(label, value)
    browser.click("Start authentication")


def submit(reception: Reception, browser: Browser, *values: str) -> CredentialsSubmitted:
    """Send a registration that passes; what was published of it."""
    start(browser, *values)
    fact = reception.recorded(CredentialsSubmitted)[-1]
    assert isinstance(fact, CredentialsSubmitted)
    return fact


def accept(reception: Reception, fact: CredentialsSubmitted, **verdict: Any) -> None:
    """Microsoft has accepted a submission."""
    reception.receive(
        an_event(
            DeviceAuthenticated,
            round=fact.round,
            submission_id=fact.submission_id,
            verdict={**VERDICT, **verdict},
        )
    )


def refuse(reception: Reception, fact: CredentialsSubmitted, **problem: Any) -> None:
    """Microsoft has not accepted a submission."""
    reception.receive(
        an_event(
            DeviceAuthenticationFailed,
            round=fact.round,
            submission_id=fact.submission_id,
            problem={**PROBLEM, "support": SUPPORT, **problem},
        )
    )


def test_the_first_page_says_who_asks_for_what_until_when_and_what_is_never_read(
    reception: Reception, admin: Browser
) -> None:
    at = utc_now().replace(hour=8, minute=5)
    admin.open(reception.invite(at=at, requested_by="Olivia Operator"))
    end = at + timedelta(days=14)
    assert admin.heading == "Activate your Microsoft 365 tenant"
    assert "Fabrikam Voice is setting up" in admin.text()
    assert "Contoso Direct Routing for Contoso" in admin.text()
    assert admin.definition("Asked by") == "Olivia Operator, Fabrikam Voice"
    assert admin.definition("The link works until").endswith(f"{end.day} {end:%B %Y}, 08:05 UTC")
    assert "domains" in admin.definition("What we read")
    assert "chats" in admin.definition("What we never read")


def test_continue_leads_to_a_form_on_a_clean_address_with_exactly_the_procedures_labels(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    assert admin.url == f"{reception.url}/wizard"
    labels = [each.get_text() for each in admin.page.find_all("label")]
    assert labels == [*LABELS, "End date of the client secret (optional)"]
    secret = admin.page.find("input", attrs={"name": "secret"})
    assert secret is not None
    assert (secret["type"], secret["autocomplete"]) == ("password", "off")


def test_every_fault_is_shown_at_once_at_its_field_and_the_secret_alone_is_not_kept(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    start(admin, "not a tenant", "not a client", "not a secret")
    assert admin.status == 422
    summary = admin.page.find(role="alert")
    assert summary is not None
    for label in LABELS:
        assert label in summary.get_text()
    for name, kept in (("tenant", "not a tenant"), ("client_id", "not a client"), ("secret", "")):
        field = admin.page.find("input", attrs={"name": name})
        assert field is not None
        assert (field["value"], field["aria-invalid"]) == (kept, "true")
        described = [admin.page.find(id=each) for each in str(field["aria-describedby"]).split()]
        assert None not in described
        assert len(described) == 2
    assert "not a secret" not in admin.page.decode()
    assert reception.recorded(CredentialsSubmitted) == []


def test_a_guid_in_the_secret_field_is_named_as_the_secret_id_before_anybody_is_asked(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    start(admin, TENANT, CLIENT, SECRET_ID)
    assert "This is the Secret ID, not the secret" in admin.text()
    assert reception.recorded(CredentialsSubmitted) == []


def test_what_was_entered_is_published_with_the_secret_sealed_to_the_one_who_checks_it(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    fact = submit(reception, admin, f" {TENANT.upper()} ", CLIENT, f"{SECRET}\n")
    assert (fact.round, fact.tenant, str(fact.client_id)) == (1, TENANT, CLIENT)
    assert reception.secret(fact) == SECRET
    assert SECRET not in reception.everything()


def test_while_nothing_is_known_the_page_says_so_and_refreshes_itself(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    submit(reception, admin)
    assert admin.url == f"{reception.url}/wizard/result"
    assert admin.heading == "Being checked with Microsoft"
    refresh = admin.page.find("meta", attrs={"http-equiv": "refresh"})
    assert refresh is not None
    assert refresh["content"] == "2"


def test_a_valid_registration_is_confirmed_with_what_was_found(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    accept(reception, submit(reception, admin))
    admin.reload()
    assert admin.heading == "The Application Registration is valid"
    assert admin.definition("Tenant") == f"Contoso {TENANT}"
    assert admin.definition("Domains") == "contoso.example"
    assert admin.definition("Application") == f"Tenantlink access {CLIENT}"
    assert admin.definition("Client secret") == "begins with abc"
    assert admin.definition("The secret ends") == "29 August 2026"
    assert "You may close this window." in admin.text()


@pytest.mark.parametrize(
    ("secret", "said"),
    [
        (
            {"hint": "abc", "needs_permission": "Application.Read.All"},
            "unknown; the permission Application.Read.All would tell",
        ),
        ({"hint": "abc"}, "unknown"),
        (
            {
                "hint": "abc",
                "expires_at": "2026-08-29T09:00:00Z",
                "expiry_source": "graph_ambiguous",
            },
            "29 August 2026 at the earliest: several of its secrets begin alike",
        ),
    ],
)
def test_an_end_that_is_not_known_for_sure_is_told_as_that(
    reception: Reception, admin: Browser, secret: dict[str, Any], said: str
) -> None:
    enter(admin, reception.invite())
    accept(reception, submit(reception, admin), secret=secret)
    admin.reload()
    assert admin.definition("The secret ends") == said


def test_a_refused_registration_is_explained_and_the_link_stays_good(
    reception: Reception, admin: Browser
) -> None:
    link = reception.invite()
    enter(admin, link)
    refuse(reception, submit(reception, admin))
    admin.reload()
    assert admin.heading == PROBLEM["title"]
    assert PROBLEM["cause"] in admin.text()
    assert PROBLEM["remedy"] in admin.text()
    assert admin.definition("Code") == "secret_wrong"
    assert admin.definition("Microsoft's number") == "AADSTS7000215"
    assert admin.definition("Correlation ID") == SUPPORT["correlation_id"]
    assert admin.definition("Time") == "2026-03-02 09:00:07 UTC"
    admin.open(link)
    assert admin.status == 200


def test_after_a_refusal_only_the_secret_has_to_be_typed_again(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    refuse(reception, submit(reception, admin))
    admin.reload()
    admin.click("Enter the registration again")
    assert f"Your last try was not accepted: {PROBLEM['title']}" in admin.text()
    typed = {str(each["name"]): each["value"] for each in admin.page.find_all("input")}
    assert (typed["tenant"], typed["client_id"], typed["secret"]) == (TENANT, CLIENT, "")
    admin.fill("Client Secret", SECRET)
    admin.click("Start authentication")
    assert len(reception.recorded(CredentialsSubmitted)) == 2


def test_somebody_else_with_the_link_reads_being_checked_and_then_done_but_never_the_result(
    reception: Reception, admin: Browser, colleague: Browser
) -> None:
    link = reception.invite()
    enter(colleague, link)
    enter(admin, link)
    fact = submit(reception, admin)
    colleague.open("/wizard/result")
    assert colleague.heading == "Somebody else is at it"
    refuse(reception, fact)
    colleague.reload()
    assert colleague.heading == "Enter your app registration"
    assert PROBLEM["title"] not in colleague.text()
    assert TENANT not in colleague.page.decode()
    accept(reception, submit(reception, admin_again(admin)))
    colleague.open("/wizard/result")
    assert colleague.heading == "Your tenant is already connected"
    assert "Tenantlink access" not in colleague.text()


def test_two_browsers_that_submit_one_after_the_other_each_get_their_own_result(
    reception: Reception, admin: Browser, colleague: Browser
) -> None:
    link = reception.invite()
    enter(admin, link)
    enter(colleague, link)
    first = submit(reception, admin)
    refuse(reception, submit(reception, colleague))
    assert admin.heading == "Being checked with Microsoft"
    accept(reception, first)
    admin.reload()
    assert admin.heading == "The Application Registration is valid"
    colleague.reload()
    assert colleague.heading == "Your tenant is already connected"


def admin_again(admin: Browser) -> Browser:
    """The administrator back at the form after a refusal."""
    admin.reload()
    admin.click("Enter the registration again")
    return admin


def test_the_browser_that_succeeded_comes_back_to_its_result_with_the_used_link(
    reception: Reception, admin: Browser, colleague: Browser
) -> None:
    link = reception.invite()
    enter(admin, link)
    accept(reception, submit(reception, admin))
    admin.open(link)
    assert admin.heading == "The Application Registration is valid"
    colleague.open(link)
    assert (colleague.status, colleague.heading) == (404, "This link is not active")


def test_the_same_form_sent_twice_changes_nothing_after_success(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    form = (admin.url, admin.page)
    accept(reception, submit(reception, admin))
    admin.url, admin.page = form
    start(admin)
    assert admin.heading == "The Application Registration is valid"
    assert len(reception.recorded(CredentialsSubmitted)) == 1


def test_the_explanation_of_the_first_page_can_be_read_again_from_every_step(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    submit(reception, admin)
    admin.click("1. What this is")
    assert admin.heading == "Activate your Microsoft 365 tenant"
    admin.click("Continue")
    assert admin.heading == "Enter your app registration"


def test_nothing_is_shown_of_a_result_before_anything_was_submitted(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    admin.open("/wizard/result")
    assert admin.url == f"{reception.url}/wizard"
    with pytest.raises(NotOnThePage):
        admin.click("Back to the registration")
