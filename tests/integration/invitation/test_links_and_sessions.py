"""What keeps strangers out: dead links look alike, sessions die with their link, nothing leaks."""

import logging
import re
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from flask.sessions import SecureCookieSessionInterface

from invitation.bootstrap import build_web
from invitation.settings import InvitationSettings
from tenantlink_contracts.credential_validator import DeviceAuthenticated
from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.onboarding import (
    InvitationRoundRequested,
    InvitationWithdrawn,
    OnboardingCancelled,
    ServiceCreated,
)
from tenantlink_local.browser import Browser
from tenantlink_runtime.clock import utc_now
from tests.integration.invitation.conftest import Reception
from tests.support.events import CLIENT, SUBJECT, TENANT, an_event
from tests.support.invitation_builders import SECRET

OUR_SCRIPT = '<script src="/static/wizard.js" defer>'
ENDS: dict[str, type[Fact]] = {
    "withdrawn": InvitationWithdrawn,
    "replaced": InvitationRoundRequested,
    "used": DeviceAuthenticated,
    "cancelled": OnboardingCancelled,
    "created": ServiceCreated,
}


def an_end(fact: type[Fact], subject: UUID = SUBJECT) -> Event[Fact]:
    """What ends a link, as of now."""
    now = {"created_at": utc_now()} if fact is ServiceCreated else {}
    return an_event(fact, subject=subject, at=utc_now(), **now)


def token_of(link: str) -> str:
    """The token at the end of a link."""
    return link.rpartition("/")[2]


def enter(browser: Browser, link: str) -> None:
    """Follow a link as far as the form."""
    browser.open(link)
    browser.click("Continue")


def test_looking_at_a_link_changes_nothing_however_often_a_scanner_does_it(
    reception: Reception,
) -> None:
    link = reception.invite()
    before = reception.everything()
    client = reception.app.test_client()
    for _ in range(3):
        assert client.get(f"/invitation/{token_of(link)}").status_code == 200
        assert client.head(f"/invitation/{token_of(link)}").status_code == 200
    assert reception.everything() == before


def test_a_scanner_that_posts_without_the_pages_form_gets_nowhere(reception: Reception) -> None:
    link = reception.invite()
    before = reception.everything()
    answer = reception.app.test_client().post(f"/invitation/{token_of(link)}")
    assert answer.status_code == 403
    assert "Your session has ended" in answer.text
    assert reception.everything() == before


def test_unknown_used_withdrawn_replaced_expired_and_ended_links_look_alike_to_a_stranger(
    reception: Reception,
) -> None:
    links = ["unknown", "%00", "%c3%a9", "x" * 2000]
    for number, fact in enumerate(ENDS.values()):
        subject = UUID(int=number + 1)
        links.append(token_of(reception.invite(subject)))
        reception.receive(an_end(fact, subject))
    month_ago = utc_now() - timedelta(days=30)
    links.append(token_of(reception.invite(UUID(int=100), at=month_ago)))
    answers = [reception.app.test_client().get(f"/invitation/{each}") for each in links]
    assert {each.status_code for each in answers} == {404}
    assert len({each.text for each in answers}) == 1
    assert "This link is not active" in answers[0].text
    assert len({tuple(sorted(each.headers.items())) for each in answers}) == 1


@pytest.mark.parametrize("end", [name for name in ENDS if name != "used"])
def test_a_session_dies_with_its_link(reception: Reception, admin: Browser, end: str) -> None:
    enter(admin, reception.invite())
    reception.receive(an_end(ENDS[end]))
    for address in ("/wizard", "/wizard/result", "/wizard/about"):
        admin.open(address)
        assert (admin.status, admin.heading) == (404, "This link is not active")


def test_a_form_sent_after_its_link_has_died_publishes_nothing(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    reception.receive(an_event(InvitationWithdrawn))
    before = reception.everything()
    admin.fill("Customer Microsoft Tenant ID", TENANT)
    admin.fill("Application (Client) ID", CLIENT)
    admin.fill("Client Secret", SECRET)
    admin.click("Start authentication")
    assert admin.status == 404
    assert reception.everything() == before


def test_a_new_link_leads_on_where_the_old_one_has_died(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    reception.receive(an_event(InvitationRoundRequested, at=utc_now(), round=2))
    enter(admin, reception.link())
    assert admin.heading == "Enter your app registration"


def test_a_link_that_runs_out_while_the_form_is_open_is_dead(
    reception: Reception, admin: Browser
) -> None:
    almost = utc_now() - timedelta(days=14) + timedelta(seconds=1)
    link = reception.invite(at=almost)
    assert almost + timedelta(days=14) > utc_now()
    enter(admin, link)
    admin.wait_for("This link is not active", seconds=5)
    assert admin.status == 404


def test_without_a_session_the_wizard_says_how_to_go_on(
    reception: Reception, admin: Browser
) -> None:
    for address in ("/wizard", "/wizard/result", "/wizard/about"):
        admin.open(reception.url + address)
        assert (admin.status, admin.heading) == (403, "Your session has ended")
        assert "Open the link in the mail again" in admin.text()


def test_a_session_ends_after_half_an_hour_without_a_click(
    reception: Reception, admin: Browser
) -> None:
    enter(admin, reception.invite())
    assert reception.app.permanent_session_lifetime == timedelta(minutes=30)
    # The cookie is as old as it was made; the server must not accept it any longer.
    reception.app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(seconds=-1)
    admin.reload()
    assert admin.heading == "Your session has ended"


def test_the_token_is_in_no_cookie_no_page_and_no_address_after_the_first(
    reception: Reception,
) -> None:
    token = token_of(reception.invite())
    client = reception.app.test_client()
    page = client.get(f"/invitation/{token}")
    csrf = re.findall(r'name="csrf_token" value="([^"]*)"', page.text)[0]
    entered = client.post(f"/invitation/{token}", data={"csrf_token": csrf})
    form = client.get("/wizard")
    assert (entered.status_code, entered.headers["Location"]) == (303, "/wizard")
    interface = SecureCookieSessionInterface()
    serializer = interface.get_signing_serializer(reception.app)
    assert serializer is not None
    for answer in (page, entered, form):
        assert token not in answer.text
        assert token not in str(answer.headers)
        cookie = answer.headers["Set-Cookie"].partition("=")[2].partition(";")[0]
        assert token not in str(serializer.loads(cookie))


def test_only_pages_prolong_a_session_since_a_late_stylesheet_would_bring_an_ended_one_back(
    reception: Reception,
) -> None:
    token = token_of(reception.invite())
    client = reception.app.test_client()
    csrf = re.findall(r'name="csrf_token" value="([^"]*)"', client.get(f"/invitation/{token}").text)
    client.post(f"/invitation/{token}", data={"csrf_token": csrf[0]})
    page = client.get("/wizard")
    assert "Set-Cookie" in page.headers
    for address in re.findall(r'(?:href|src)="(/[^"]+[.](?:css|js|svg))', page.text):
        with client.get(address) as answer:
            assert (answer.status_code, answer.headers.get("Set-Cookie")) == (200, None)


def test_the_session_cookie_is_closed_to_scripts_other_sites_and_plain_http(
    migrated_database: Callable[[str], str],
    settings_for: Callable[[str], InvitationSettings],
) -> None:
    settings = settings_for(migrated_database("invitation"))
    app, engine = build_web(settings.model_copy(update={"secure_cookies": True}))
    with app.test_request_context():
        assert app.config["SESSION_COOKIE_SECURE"]
        assert app.config["SESSION_COOKIE_HTTPONLY"]
        assert app.config["SESSION_COOKIE_SAMESITE"] == "Lax"
    engine.dispose()


def test_the_database_holds_neither_token_nor_secret(reception: Reception, admin: Browser) -> None:
    link = reception.invite()
    enter(admin, link)
    admin.fill("Customer Microsoft Tenant ID", TENANT)
    admin.fill("Application (Client) ID", CLIENT)
    admin.fill("Client Secret", SECRET)
    admin.click("Start authentication")
    stored = reception.everything()
    assert token_of(link) not in stored
    assert SECRET not in stored


def test_when_the_database_is_away_neither_page_nor_log_tells_the_token(
    settings_for: Callable[[str], InvitationSettings], caplog: pytest.LogCaptureFixture
) -> None:
    app, engine = build_web(settings_for("postgresql+psycopg2://nobody@127.0.0.1:1/nothing"))
    with caplog.at_level(logging.DEBUG):
        answer = app.test_client().get("/invitation/the-token")
    assert answer.status_code == 503
    assert "Nothing is lost" in answer.text
    assert "the-token" not in answer.text + caplog.text
    engine.dispose()


def test_every_page_forbids_foreign_and_inline_scripts_frames_caching_and_referrers(
    reception: Reception,
) -> None:
    link = reception.invite()
    client = reception.app.test_client()
    for path in (f"/invitation/{token_of(link)}", "/wizard", "/nowhere"):
        answer = client.get(path)
        policy = answer.headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert "unsafe" not in policy
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert '<html lang="en">' in answer.text
        assert re.findall("<script[^>]*>.", answer.text) == [OUR_SCRIPT + "<"]
        assert not re.search(r"\son\w+=", answer.text)
        assert "style=" not in answer.text
        assert "http://" not in answer.text
