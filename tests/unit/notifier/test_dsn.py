"""A report of a failure names its mail in one of four ways; a hostile report does nothing."""

import string
from types import SimpleNamespace

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from notifier.adapters.dsn import read_report
from notifier.domain.bounces import MAX_BYTES, MAX_WORDS, Bounce, NotOurs
from tenantlink_local.mailbox import reports
from tests.support.events import MAIL

NAMED = {
    "the envelope's id": {"envelope_id": str(MAIL)},
    "the Message-ID of the headers": {"headers": f"Message-ID: <{MAIL}@fabrikam.example>"},
    "a folded Message-ID": {"headers": f"Subject: x\nmessage-id:\n <{MAIL}@fabrikam.example>"},
    "the address of the report": {"to": f"bounces+{MAIL.hex}@fabrikam.example"},
}


def a_report(
    *,
    to: str = "no-reply@fabrikam.example",
    envelope_id: str = "",
    headers: str = "Subject: nothing of ours",
    action: str = "failed",
    diagnostic: str = "smtp; 550 5.1.1 no such user",
    status: str = "5.1.1",
) -> bytes:
    """As Postfix and others write it."""
    named = f"Original-Envelope-Id: {envelope_id}\n" if envelope_id else ""
    said = f"Diagnostic-Code: {diagnostic}\n" if diagnostic else ""
    return f"""From: MAILER-DAEMON@mx.example
To: {to}
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I'm sorry.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example
{named}
Final-Recipient: rfc822; admin@contoso.example
Action: {action}
Status: {status}
{said}
--b
Content-Type: text/rfc822-headers

{headers}
--b--
""".encode()


@pytest.mark.parametrize("named", NAMED.values(), ids=NAMED.keys())
def test_a_report_is_about_the_mail_that_it_names(named: dict[str, str]) -> None:
    assert read_report(a_report(**named)) == Bounce(MAIL, True, "Came back: 550 5.1.1 no such user")


def test_the_whole_mail_may_be_returned_too() -> None:
    report = a_report(headers=f"Message-ID: <{MAIL}@fabrikam.example>\n\nBody")
    whole = report.replace(b"text/rfc822-headers", b"message/rfc822")
    assert read_report(whole) == read_report(report)


def test_the_report_of_the_mailbox_is_read() -> None:
    content = f"Message-ID: <{MAIL}@fabrikam.example>\r\n\r\nBody".encode()
    envelope = SimpleNamespace(mail_from="no-reply@fabrikam.example", content=content)
    found = read_report(reports.report(envelope, "bounce-5.1.1@contoso.example", "5.1.1"))
    assert isinstance(found, Bounce)
    assert (found.mail_id, found.failed) == (MAIL, True)


def test_a_delay_is_no_failure() -> None:
    found = read_report(a_report(envelope_id=str(MAIL), action="Delayed"))
    assert isinstance(found, Bounce)
    assert not found.failed


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded", ""])
def test_nothing_else_is_believed(action: str) -> None:
    assert isinstance(read_report(a_report(envelope_id=str(MAIL), action=action)), NotOurs)


def test_without_words_the_status_is_told() -> None:
    found = read_report(a_report(envelope_id=str(MAIL), diagnostic=""))
    assert isinstance(found, Bounce)
    assert found.words == "Came back: 5.1.1"


@pytest.mark.parametrize(
    "report",
    [
        b"",
        b"Subject: out of office\n\nI am away until Monday.",
        a_report(headers="Message-ID: <somebody-elses@mail.example>"),
        b"Content-Type: message/delivery-status\n\nAction: failed\n",
        b"x" * (MAX_BYTES + 1),
    ],
    ids=["empty", "a person's answer", "another's mail", "no mail named", "too long"],
)
def test_what_is_no_report_about_us_is_ignored(report: bytes) -> None:
    assert isinstance(read_report(report), NotOurs)


def test_a_servers_words_are_one_short_printable_line() -> None:
    diagnostic = "smtp; 550 \x1b[31mno\x00 such\u202e user " + "long " * 300
    found = read_report(a_report(envelope_id=str(MAIL), diagnostic=diagnostic))
    assert isinstance(found, Bounce)
    assert found.words.isprintable()
    assert len(found.words) <= MAX_WORDS


def test_a_report_of_a_thousand_nested_parts_does_no_harm() -> None:
    deep = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (each, each)
        for each in range(1000)
    )
    assert isinstance(read_report(deep), NotOurs)


@given(junk=st.binary(max_size=200), place=st.integers(0, 1200))
@example(junk=b"Content-Type: message/delivery-status\n\n", place=0)
def test_whatever_stands_in_a_report_there_is_an_answer(junk: bytes, place: int) -> None:
    report = a_report(envelope_id=str(MAIL))
    found = read_report(report[:place] + junk + report[place:])
    assert isinstance(found, Bounce | NotOurs)


@given(st.text(string.printable, max_size=300))
def test_any_text_is_answered(text: str) -> None:
    assert isinstance(read_report(text.encode()), NotOurs)
