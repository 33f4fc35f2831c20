"""A real `work` process: a sealed link becomes a mail, and stands nowhere else in clear."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from tenantlink_contracts.event import Event
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_contracts.onboarding import NoticeRequested, OnboardingCancelled
from tenantlink_local.mailbox import reports
from tenantlink_runtime.clock import new_id, utc_now
from tests.integration.notifier.office import Notifier, entries
from tests.support.events import a_notice, an_event
from tests.support.notifier_builders import LINK, NOTICES
from tests.support.waiting import eventually

TOKEN = LINK.rpartition("/")[2]
RECEIPT = {**NOTICES["receipt"], "recipients": ["receipt@contoso.example"]}


def issued(notifier: Notifier, subject: UUID, **changes: Any) -> Event[InvitationIssued]:
    """An invitation whose link invitation has sealed; it ends in two weeks from now."""
    sealed = {"link": notifier.seal(subject), "expires_at": utc_now() + timedelta(days=14)}
    return an_event(InvitationIssued, subject=subject, at=utc_now(), **(sealed | changes))


def test_a_sealed_link_becomes_one_mail_and_stands_in_clear_nowhere_else(
    notifier: Notifier,
) -> None:
    subject, marker = new_id(), a_notice(recipients=["marker@fabrikam.example"])
    event = issued(notifier, subject)
    notifier.tell(event, event)
    letter = notifier.mail_to("admin@contoso.example")
    for kind in ("plain", "html"):
        part = letter.message.get_body((kind,))
        assert part is not None
        assert LINK in part.get_content()
    sent = notifier.says(InvitationSent, subject)
    assert (sent.round, sent.mail_id) == (1, event.id)
    assert sent.server_words == "250 2.0.0 queued as 1"
    assert letter.message["Message-ID"] == f"<{event.id}@fabrikam.example>"
    notifier.tell(event, marker)
    notifier.mail_to("marker@fabrikam.example")
    assert len(notifier.mails_to("admin@contoso.example")) == 1
    eventually(lambda: notifier.jobs() == 0)
    assert event.data.link not in notifier.everything()
    assert_secret(notifier, event)


def test_while_a_mail_waits_its_link_is_sealed_and_after_it_was_sent_it_is_gone(
    notifier: Notifier,
) -> None:
    subject = new_id()
    event = issued(notifier, subject)
    notifier.mails.answers["DATA"] = ["451 4.3.0 try later"]
    notifier.tell(event)
    delayed = notifier.says(InvitationDelayed, subject)
    assert delayed.server_words == "451 4.3.0 try later"
    assert delayed.next_try > utc_now()
    assert event.data.link in notifier.everything()
    assert_secret(notifier, event)
    notifier.hurry()
    notifier.says(InvitationSent, subject)
    assert notifier.jobs() == 0
    assert event.data.link not in notifier.everything()
    tries = notifier.mails_to("admin@contoso.example")
    assert [each.message["Message-ID"] for each in tries] == [f"<{event.id}@fabrikam.example>"] * 2
    assert_secret(notifier, event)


def test_a_mail_that_was_refused_is_told_as_undeliverable_and_its_link_is_gone(
    notifier: Notifier,
) -> None:
    subject = new_id()
    event = issued(notifier, subject)
    notifier.mails.answers["RCPT"] = ["550 5.1.1 no such user here"]
    notifier.tell(event)
    undeliverable = notifier.says(InvitationUndeliverable, subject)
    assert undeliverable.server_words == "550 5.1.1 no such user here"
    assert notifier.jobs() == 0
    assert event.data.link not in notifier.everything()
    assert_secret(notifier, event)


def test_a_link_that_was_sealed_for_another_onboarding_is_not_sent(notifier: Notifier) -> None:
    subject = new_id()
    notifier.tell(issued(notifier, subject, link=notifier.seal(new_id())))
    words = notifier.says(InvitationUndeliverable, subject).server_words
    assert words == "The link could not be opened; a new round is needed."
    assert notifier.mails.letters == []


def test_a_mail_that_waits_is_not_sent_when_its_order_was_cancelled_meanwhile(
    notifier: Notifier,
) -> None:
    subject, other = new_id(), new_id()
    event = issued(notifier, subject, email="cancelled@contoso.example")
    notifier.mails.answers["RCPT"] = ["450 4.2.0 greylisted"]
    notifier.tell(event)
    notifier.says(InvitationDelayed, subject)
    notifier.tell(an_event(OnboardingCancelled, subject=subject), issued(notifier, other))
    notifier.says(InvitationSent, other)
    notifier.hurry()
    eventually(lambda: notifier.jobs() == 0)
    assert notifier.mails_to("cancelled@contoso.example") == []
    assert event.data.link not in notifier.everything()


def test_a_notice_reaches_its_other_recipients_when_one_is_refused(notifier: Notifier) -> None:
    people = ["a@x.example, b@y.example", "admin@contoso.example", "anna@fabrikam.example"]
    notifier.tell(a_notice(recipients=people))
    letters = [notifier.mail_to(each) for each in people[1:]]
    assert [letter.recipients for letter in letters] == [[each] for each in people[1:]]
    eventually(lambda: notifier.jobs() == 0)
    assert len(notifier.mails.letters) == 2
    assert "notice_undeliverable" in {entry["event"] for entry in entries(notifier.log)}


def test_every_kind_of_notice_becomes_a_mail_in_its_language(notifier: Notifier) -> None:
    told = [
        {**notice, "recipients": [f"{kind}@{language}.example"], "language": language}
        for kind, notice in NOTICES.items()
        for language in ("en", "de")
    ]
    notifier.tell(an_event(NoticeRequested, subject=new_id(), notices=told))
    for kind in NOTICES:
        english, german = (
            notifier.mail_to(f"{kind}@{language}.example").message for language in ("en", "de")
        )
        assert "Contoso Direct Routing" in english["Subject"]
        assert (english["Content-Language"], german["Content-Language"]) == ("en", "de")
        texts = [
            part.get_content() for mail in (english, german) if (part := mail.get_body(("plain",)))
        ]
        assert texts[0] != texts[1]
    eventually(lambda: notifier.jobs() == 0)


def test_a_receipt_has_the_link_to_the_status_page_which_stands_sealed_until_the_end(
    notifier: Notifier,
) -> None:
    subject, status = new_id(), "https://wizard.fabrikam.example/status/a-token-of-its-own"
    sealed = notifier.seal(subject, link=status)
    notifier.tell(issued(notifier, subject, status_link=sealed))
    notifier.says(InvitationSent, subject)
    notifier.tell(an_event(NoticeRequested, subject=subject, notices=[RECEIPT]))
    letter = notifier.mail_to("receipt@contoso.example")
    text = letter.message.get_body(("plain",))
    assert text is not None
    assert status in text.get_content()
    assert sealed in notifier.everything()
    assert status not in notifier.everything()
    assert status not in notifier.log
    notifier.tell(an_event(OnboardingCancelled, subject=subject))
    eventually(lambda: sealed not in notifier.everything())


def test_an_invitation_that_came_back_is_undeliverable_and_the_command_tells_what_became_of_it(
    notifier: Notifier,
) -> None:
    subject = new_id()
    event = issued(notifier, subject)
    notifier.tell(event)
    notifier.says(InvitationSent, subject)
    assert "accepted: 250 2.0.0 queued" in notifier.command("mails", str(subject))
    letter = notifier.mails.letters[0]
    envelope = SimpleNamespace(mail_from=letter.sender, content=letter.message.as_bytes())
    report = reports.report(envelope, "admin@contoso.example", "5.1.1")
    for _ in range(2):
        notifier.command("bounce", stdin=report)
    undeliverable = notifier.says(InvitationUndeliverable, subject)
    assert undeliverable.mail_id == event.id
    assert undeliverable.server_words.startswith("Came back: 550 5.1.1")
    told = notifier.command("mails", str(subject))
    assert "invitation (first), round 1  undeliverable: Came back" in told


def assert_secret(notifier: Notifier, event: Event[InvitationIssued]) -> None:
    """The link in clear is in no table and in no line of the log, and the log is in order."""
    log = notifier.log
    assert TOKEN not in notifier.everything()
    assert TOKEN not in log
    assert event.data.link not in log
    assert {entry["service"] for entry in entries(log)} == {"notifier"}
