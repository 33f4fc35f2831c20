"""Every page of the wizard: how a person comes to it, and its heading."""

from collections.abc import Callable
from datetime import timedelta

from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.onboarding import InvitationWithdrawn
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.sealing import PrivateKeys, SealContext
from tests.browser.wizard.visits import AWAY, BUSY, PROBLEM, Visit
from tests.integration.invitation.conftest import Reception
from tests.support.events import CLIENT, SUBJECT, TENANT, an_event
from tests.support.invitation_builders import SECRET

Way = Callable[[Visit], None]


def landing(visit: Visit) -> None:
    visit.page.goto(visit.reception.invite(at=utc_now()))


def about(visit: Visit) -> None:
    form(visit)
    visit.page.get_by_role("link", name="Back to what this is").click()


def preparation(visit: Visit) -> None:
    landing(visit)
    visit.page.get_by_role("button", name="First show me how to prepare").click()


def form(visit: Visit) -> None:
    visit.follow(visit.reception.invite(at=utc_now()))


def faults(visit: Visit) -> None:
    form(visit)
    visit.fill("not a tenant", "not a client", "not a secret")
    visit.page.get_by_role("button", name="Start authentication").click()
    visit.page.get_by_role("alert").wait_for()


def checking(visit: Visit) -> None:
    form(visit)
    visit.fill().start()


def progress(visit: Visit) -> None:
    checking(visit)
    visit.progressed()
    visit.page.get_by_text("done", exact=True).wait_for()


def waiting(visit: Visit) -> None:
    checking(visit)
    visit.waits(BUSY)


def unreachable(visit: Visit) -> None:
    checking(visit)
    visit.waits(AWAY)


def gave_up(visit: Visit) -> None:
    checking(visit)
    visit.refused(**AWAY)


def problem(visit: Visit) -> None:
    checking(visit)
    visit.refused()


def after_problem(visit: Visit) -> None:
    problem(visit)
    visit.page.get_by_role("link", name="Enter the registration again").click()


def valid(visit: Visit) -> None:
    checking(visit)
    visit.accepted()


def domain_mismatch(visit: Visit) -> None:
    checking(visit)
    visit.accepted(
        warnings=["domain_mismatch", "expiry_unknown", "permissions_excess", "expires_soon"],
        secret={"hint": "abc", "needs_permission": "Application.Read.All"},
        permissions={
            "granted": ["Organization.Read.All"],
            "missing": ["Application.Read.All"],
            "excess": ["User.ReadWrite.All", "Directory.ReadWrite.All"],
        },
    )
    visit.page.get_by_text("Is this the right organisation?").wait_for()


def take_back(visit: Visit) -> None:
    valid(visit)
    visit.page.get_by_role("link", name="This is not our organisation").click()


def taken_back(visit: Visit) -> None:
    take_back(visit)
    visit.page.get_by_role("button", name="Take it back").click()


def somebody_else(visit: Visit) -> None:
    link = visit.reception.invite(at=utc_now())
    context = visit.page.context.browser
    assert context is not None
    colleague = Visit(visit.reception, context.new_page())
    colleague.follow(link).fill().start()
    colleague.page.close()
    visit.page.goto(link)
    visit.page.get_by_role("button", name="Continue", exact=True).click()


def done(visit: Visit) -> None:
    link = visit.reception.invite(at=utc_now())
    visit.follow(link)
    context = visit.page.context.browser
    assert context is not None
    colleague = Visit(visit.reception, context.new_page())
    colleague.follow(link).fill().start().accepted()
    colleague.page.close()
    visit.page.reload()


def too_many(visit: Visit) -> None:
    form(visit)
    token = visit.page.locator("input[name=csrf_token]").first.input_value()
    typed = {"csrf_token": token, "tenant": TENANT, "client_id": CLIENT, "secret": SECRET}
    for number in range(20):  # the same session, without drawing each page
        answer = visit.page.request.post(
            f"{visit.reception.url}/wizard", form={**typed, "form": str(number)}
        )
        assert answer.ok
    visit.fill()
    visit.page.get_by_role("button", name="Start authentication").click()


def session_ended(visit: Visit) -> None:
    form(visit)
    visit.page.context.clear_cookies()
    visit.fill()
    visit.page.get_by_role("button", name="Start authentication").click()


def link_ended(visit: Visit) -> None:
    link = visit.reception.invite(at=utc_now() - timedelta(days=30))
    visit.page.goto(link)


def new_link_asked(visit: Visit) -> None:
    link_ended(visit)
    visit.page.get_by_role("button", name="Ask for a new link").click()


def withdrawn_meanwhile(visit: Visit) -> None:
    form(visit)
    visit.reception.receive(an_event(InvitationWithdrawn))
    visit.page.reload()


def other_person(visit: Visit) -> None:
    landing(visit)
    visit.page.get_by_role("button", name="I am not the right person").click()


def other_person_wrong(visit: Visit) -> None:
    other_person(visit)
    visit.page.get_by_label("Email address of the right person").fill("a@x.example, b@y.example")
    visit.page.get_by_role("button", name="Propose this person").click()


def other_person_asked(visit: Visit) -> None:
    other_person(visit)
    visit.page.get_by_label("Email address of the right person").fill("it@contoso.example")
    visit.page.get_by_role("button", name="Propose this person").click()


def too_large(visit: Visit) -> None:
    form(visit)
    visit.fill(tenant="x" * 1_000_000)
    visit.page.evaluate("document.querySelector('form').submit()")


def status_of(reception: Reception) -> str:
    """The address of the status page, as notifier reads it for the receipt."""
    fact = reception.recorded(InvitationIssued)[0]
    keys = PrivateKeys.load(reception.folder / "notifier.sealing.jwks.json")
    return keys.open(fact.status_link, SealContext(InvitationIssued, SUBJECT, fact.round))


def status(visit: Visit) -> None:
    valid(visit)
    visit.reads("The Application Registration is valid")
    visit.page.goto(status_of(visit.reception))


VALID = "The Application Registration is valid"
ACTIVATE = "Activate your Microsoft 365 tenant"
ENTER = "Enter your app registration"
OUTCOMES: dict[str, tuple[Way, str]] = {
    "landing": (landing, ACTIVATE),
    "about": (about, ACTIVATE),
    "preparation": (preparation, "How to prepare"),
    "form": (form, ENTER),
    "faults": (faults, ENTER),
    "checking": (checking, "Being checked with Microsoft"),
    "progress": (progress, "Being checked with Microsoft"),
    "waiting for Microsoft": (waiting, "Waiting for Microsoft"),
    "cannot be reached": (unreachable, "Microsoft cannot be reached"),
    "gave up": (gave_up, "Microsoft cannot be reached"),
    "needs mending": (problem, PROBLEM["title"]),
    "after mending": (after_problem, ENTER),
    "valid": (valid, VALID),
    "domain does not match": (domain_mismatch, VALID),
    "take back": (take_back, "This is not our organisation"),
    "taken back": (taken_back, "Taken back"),
    "somebody else is at it": (somebody_else, "Somebody else is at it"),
    "connected by somebody else": (done, "Your tenant is already connected"),
    "too many tries": (too_many, "Too many tries"),
    "session expired": (session_ended, "Your session has ended"),
    "link ended": (link_ended, "This link is not active"),
    "new link asked": (new_link_asked, "We have passed it on"),
    "withdrawn meanwhile": (withdrawn_meanwhile, "This link is not active"),
    "other person": (other_person, "I am not the right person"),
    "other person, wrong address": (other_person_wrong, "I am not the right person"),
    "other person asked": (other_person_asked, "We have passed it on"),
    "too large": (too_large, "That was too much"),
    "status": (status, "How things stand"),
}
