"""The mailbox is a real mail server, and its page shows what came."""

import smtplib
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from pathlib import Path

import pytest

from tenantlink_local.browser import Browser
from tenantlink_local.certificates import Certificates
from tenantlink_local.mailbox import pages, smtp
from tenantlink_local.ports import any_free
from tenantlink_local.serving import server


@pytest.fixture
def smtp_port(mails: Path, tls: Certificates) -> Iterator[int]:
    port = any_free()
    controller = smtp.start(mails, port, tls.certificate, tls.key)
    yield port
    controller.stop()


@pytest.fixture
def page(mails: Path, smtp_port: int) -> Iterator[Browser]:
    """Somebody who looks at the mailbox."""
    listening = server(pages.build(mails), 0)
    thread = threading.Thread(target=listening.serve_forever, args=(0.01,))
    thread.start()
    with Browser() as person:
        person.open(f"http://127.0.0.1:{listening.port}/")
        yield person
    listening.shutdown()
    thread.join()


@contextmanager
def connected(port: int, tls: Certificates) -> Iterator[smtplib.SMTP]:
    """After STARTTLS with a certificate that was verified."""
    with smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.starttls(context=ssl.create_default_context(cafile=str(tls.ca)))
        yield client


def a_mail(subject: str = "Grüße", to: str = "admin@contoso.example") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "no-reply@tenantlink.example", to, subject
    mail["Date"] = "Tue, 24 Nov 2026 10:00:00 +0000"
    mail.set_content("As text: http://127.0.0.1/link")
    mail.add_alternative('<p>As HTML</p><a href="/link">Click here</a>', subtype="html")
    return mail


def test_an_empty_mailbox_says_so(page: Browser) -> None:
    assert "There are no mails yet" in page.text()


def test_a_mail_is_listed_and_shown_in_both_parts_with_its_headers(
    page: Browser, smtp_port: int, tls: Certificates
) -> None:
    with connected(smtp_port, tls) as client:
        client.send_message(a_mail(), to_addrs=["hidden@contoso.example"])
    page.reload()
    row = page.rows()[0]
    assert (row["To"], row["Subject"]) == ("hidden@contoso.example", "Grüße")
    assert row["Time"] == "Tue, 24 Nov 2026 10:00:00 +0000"
    page.click("Grüße")
    assert "As text: http://127.0.0.1/link" in page.text()
    assert "X-Rcpt-To: hidden@contoso.example" in page.text()
    frame = page.page.find("iframe")
    assert frame is not None
    assert "allow-scripts" not in frame["sandbox"]
    page.click("Open the HTML part alone")
    assert page.text() == "As HTML Click here"


def test_the_newest_mail_comes_first(page: Browser, smtp_port: int, tls: Certificates) -> None:
    with connected(smtp_port, tls) as client:
        for subject in ("first", "second"):
            client.send_message(a_mail(subject))
    page.reload()
    assert [row["Subject"] for row in page.rows()] == ["second", "first"]


def test_a_mail_is_kept_byte_for_byte(mails: Path, smtp_port: int, tls: Certificates) -> None:
    odd = b"Subject: odd  spacing\r\nX-Rcpt-To: forged@contoso.example\r\n\r\nline \xff\r\n"
    with connected(smtp_port, tls) as client:
        client.sendmail("a@b.example", ["admin@contoso.example"], odd)
    (kept,) = mails.glob("*.eml")
    assert kept.read_bytes() == b"X-Rcpt-To: admin@contoso.example\r\n" + odd


def test_nothing_is_taken_without_tls(smtp_port: int) -> None:
    with (
        smtplib.SMTP("127.0.0.1", smtp_port, timeout=10) as client,
        pytest.raises(smtplib.SMTPSenderRefused, match="530"),
    ):
        client.send_message(a_mail())


def test_a_login_is_possible_but_not_needed(smtp_port: int, tls: Certificates) -> None:
    with connected(smtp_port, tls) as client:
        client.login("anybody", "anything")
        assert client.send_message(a_mail()) == {}


def test_one_address_is_refused_for_good_and_one_at_first(
    smtp_port: int, tls: Certificates
) -> None:
    def refusal(address: str) -> int:
        try:
            client.send_message(a_mail(to=address))
        except smtplib.SMTPRecipientsRefused as error:
            return error.recipients[address][0]
        return 250

    with connected(smtp_port, tls) as client:
        assert [refusal("refuse-550@contoso.example") for _ in range(2)] == [550, 550]
        assert [refusal("later-450@contoso.example") for _ in range(2)] == [450, 250]
        assert [refusal("busy-451@contoso.example") for _ in range(2)] == [451, 451]
        assert refusal("greylist-3600@contoso.example") == 450


def test_one_address_is_taken_and_comes_back_as_a_report_that_names_the_mail(
    page: Browser, mails: Path, smtp_port: int, tls: Certificates
) -> None:
    mail = a_mail(to="bounce-5.1.1@contoso.example")
    mail["Message-ID"] = "<01957a00-0000-7000-8000-0000000000bb@tenantlink.example>"
    with connected(smtp_port, tls) as client:
        client.send_message(mail)
    report = (mails / "000002.eml").read_text()
    assert report.startswith("X-Rcpt-To: no-reply@tenantlink.example\n")
    for words in ('report-type="delivery-status"', "Action: failed", "Status: 5.1.1"):
        assert words in report
    assert "Message-ID: <01957a00-0000-7000-8000-0000000000bb@" in report
    assert "As text" not in report
    page.open("/mails/000002.eml")
    assert page.status == 200


def test_the_page_lists_the_addresses_that_have_a_fate(page: Browser) -> None:
    page.click("Addresses that refuse, delay or send back")
    assert "greylist-60@contoso.example" in page.text()
    assert "bounce-5.1.1@contoso.example" in page.text()


def test_an_unknown_mail_is_not_found(page: Browser) -> None:
    page.open("/mails/000099")
    assert page.status == 404
    page.open("/mails/..%2F..%2Fetc%2Fpasswd")
    assert page.status == 404
