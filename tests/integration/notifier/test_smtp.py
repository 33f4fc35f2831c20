"""The courier against real mail servers: what they say is told as it is, and nobody can hang it."""

from pathlib import Path
from uuid import uuid4

import pytest

from tenantlink_local import certificates
from tenantlink_local.certificates import Certificates
from tenantlink_local.ports import any_free
from tests.integration.notifier.conftest import CourierProcess
from tests.integration.notifier.mail_servers import PostOffice, RudeServer, running
from tests.support.events import MAIL
from tests.support.notifier_builders import LINK


def test_an_accepted_mail_is_told_with_the_servers_words(
    courier: CourierProcess, office: PostOffice
) -> None:
    answer = courier.send(office)
    assert (answer.kind, answer.words) == ("Accepted", "250 2.0.0 queued as 1")
    (letter,) = office.letters
    assert letter.sender == "no-reply@fabrikam.example"
    assert letter.recipients == ["admin@contoso.example"]


def test_a_mail_has_text_and_html_and_says_that_nobody_wrote_it_by_hand(
    courier: CourierProcess, office: PostOffice
) -> None:
    courier.send(office)
    message = office.letters[0].message
    assert message["From"] == "Fabrikam Voice <no-reply@fabrikam.example>"
    assert message["To"] == "admin@contoso.example"
    assert message["Reply-To"] == "Anna Operator <anna@fabrikam.example>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert message["Date"].datetime is not None
    parts = [message.get_body((kind,)) for kind in ("plain", "html")]
    assert all(part is not None and LINK in part.get_content() for part in parts)


def test_the_message_id_is_the_same_at_a_second_try(
    courier: CourierProcess, office: PostOffice
) -> None:
    office.answers["DATA"] = ["451 4.3.0 try later"]
    kinds = [courier.send(office).kind for _ in range(2)]
    assert kinds == ["Deferred", "Accepted"]
    expected = f"<{MAIL}@fabrikam.example>"
    assert [letter.message["Message-ID"] for letter in office.letters] == [expected, expected]


def test_two_mails_have_different_message_ids_and_one_recipient_each(
    courier: CourierProcess, office: PostOffice
) -> None:
    for recipient in ("a@contoso.example", "b@contoso.example"):
        courier.send(office, recipient, mail_id=uuid4())
    recipients = [letter.recipients for letter in office.letters]
    assert recipients == [["a@contoso.example"], ["b@contoso.example"]]
    assert len({letter.message["Message-ID"] for letter in office.letters}) == 2


@pytest.mark.parametrize("command", ["RCPT", "DATA"])
@pytest.mark.parametrize(
    ("words", "kind"),
    [("450 4.2.0 greylisted", "Deferred"), ("421 4.3.2 shutting down", "Deferred"),
     ("550 5.1.1 no such user", "Refused"), ("552 5.2.2 mailbox full", "Refused")],
)  # fmt: skip
def test_4xx_puts_a_mail_off_and_5xx_refuses_it(
    courier: CourierProcess, office: PostOffice, command: str, words: str, kind: str
) -> None:
    office.answers[command] = [words]
    answer = courier.send(office)
    assert (answer.kind, answer.words) == (kind, words)


@pytest.mark.parametrize(
    "recipient",
    [
        "a@x.example, b@y.example",
        "a@x.example;b@y.example",
        "a@x.example\r\nBcc: b@y.example",
        "a@x.example>\r\nRCPT TO:<b@y.example",
        "Name <a@x.example>",
        "",
        "@",
    ],
)
def test_what_is_not_exactly_one_address_is_refused_without_asking_a_server(
    courier: CourierProcess, office: PostOffice, recipient: str
) -> None:
    answer = courier.send(office, recipient)
    assert answer.kind == "Refused"
    assert "not exactly one address" in answer.words
    assert office.letters == []


def test_line_breaks_in_a_name_make_no_header(courier: CourierProcess, office: PostOffice) -> None:
    courier.send(office, full_name="Contoso\r\nBcc: victim@x\r\n\r\nbody")
    message = office.letters[0].message
    assert message["Bcc"] is None
    assert message["Subject"].startswith("Activate your Microsoft 365 tenant for Contoso Bcc:")


def test_a_name_of_any_script_arrives_as_it_was_typed(
    courier: CourierProcess, office: PostOffice
) -> None:
    courier.send(office, full_name="Łódź 株式会社 Søhne 🙂" + " lang" * 30)
    assert "Łódź 株式会社 Søhne 🙂 lang lang" in office.letters[0].message["Subject"]


def test_tls_from_the_start_is_possible_too(courier: CourierProcess, tls: Certificates) -> None:
    with running(PostOffice(), tls, implicit=True) as office:
        assert courier.send(office, security="tls").kind == "Accepted"


def test_a_server_is_found_by_its_name(courier: CourierProcess, office: PostOffice) -> None:
    assert courier.send(office, host="localhost").kind == "Accepted"


def test_a_certificate_of_an_unknown_ca_is_never_accepted(
    courier: CourierProcess, tmp_path: Path
) -> None:
    with running(PostOffice(), certificates.make(tmp_path)) as office:
        answer = courier.send(office)
    assert answer.kind == "Deferred"
    assert "certificate verify failed" in answer.words
    assert office.letters == []


@pytest.mark.parametrize("implicit", [False, True])
def test_a_certificate_for_another_host_is_never_accepted(
    courier: CourierProcess, tls: Certificates, implicit: bool
) -> None:
    host = "127.0.0.2"  # the certificate is for 127.0.0.1
    with running(PostOffice(), tls, host, implicit) as office:
        answer = courier.send(office, host=host, security="tls" if implicit else "starttls")
    assert answer.kind == "Deferred"
    assert "certificate" in answer.words
    assert office.letters == []


def test_nothing_is_sent_in_clear_to_a_server_that_offers_no_encryption(
    courier: CourierProcess,
) -> None:
    with running(PostOffice(), tls=None) as office:
        answer = courier.send(office)
    assert answer.kind == "Deferred"
    assert "STARTTLS" in answer.words
    assert office.letters == []


def test_a_login_is_made_after_encryption(courier: CourierProcess, office: PostOffice) -> None:
    assert courier.send(office, username="notifier", password="hunter2").kind == "Accepted"
    assert office.logins == [(b"notifier", b"hunter2")]


def test_a_refused_login_puts_mails_off_since_it_says_nothing_about_them(
    courier: CourierProcess, office: PostOffice
) -> None:
    office.knows_passwords = False
    answer = courier.send(office, username="notifier", password="outdated")
    assert answer.kind == "Deferred"
    assert answer.words.startswith("535")
    assert "outdated" not in answer.words


def test_a_refused_greeting_puts_mails_off_since_it_says_nothing_about_them(
    courier: CourierProcess,
) -> None:
    with RudeServer({"GREETING": b"554 no service here"}).running() as server:
        answer = courier.send(server)
    assert (answer.kind, answer.words) == ("Deferred", "554 no service here")


@pytest.mark.parametrize("words", ["450 4.7.1 not now", "530 5.7.0 log in", "550 5.7.1 not yours"])
def test_a_refused_sender_puts_mails_off_since_it_is_a_setting(
    courier: CourierProcess, office: PostOffice, words: str
) -> None:
    office.answers["MAIL"] = [words]
    answer = courier.send(office)
    assert (answer.kind, answer.words) == ("Deferred", words)


def test_a_server_that_is_away_puts_mails_off(courier: CourierProcess) -> None:
    answer = courier.send(RudeServer(port=any_free()))
    assert answer.kind == "Deferred"
    assert "Error connecting to 127.0.0.1" in answer.words


@pytest.mark.parametrize("command", ["GREETING", "EHLO", "MAIL", "RCPT", "DATA", "MESSAGE"])
def test_a_server_that_falls_silent_puts_mails_off_within_the_time_for_one_answer(
    courier: CourierProcess, command: str
) -> None:
    with RudeServer({command: None}).running() as server:
        answer = courier.send(server, step_seconds=0.3)
    assert answer.kind == "Deferred"
    assert answer.words
    assert answer.seconds < 2


def test_a_server_that_is_slow_at_every_step_puts_mails_off_within_the_time_for_all(
    courier: CourierProcess,
) -> None:
    with RudeServer(delay=0.3).running() as server:
        answer = courier.send(server, step_seconds=2.0, total_seconds=0.7)
    assert (answer.kind, answer.words) == ("Deferred", "The mail server was too slow.")
    assert answer.seconds < 2


def test_a_hanging_server_does_not_hold_up_other_mails(
    courier: CourierProcess, office: PostOffice
) -> None:
    with RudeServer({"GREETING": None}).running() as server:
        hanging, good = courier.send_together(courier.asked(server), courier.asked(office))
    assert (hanging.kind, good.kind) == ("Deferred", "Accepted")
    assert good.seconds < hanging.seconds


@pytest.mark.parametrize("farewell", [None, b"500 what?", b"nonsense"])
def test_a_farewell_that_fails_does_not_undo_an_accepted_mail(
    courier: CourierProcess, farewell: bytes | None
) -> None:
    with RudeServer({"QUIT": farewell}).running() as server:
        answer = courier.send(server, step_seconds=0.3, total_seconds=2.0)
    assert (answer.kind, answer.words) == ("Accepted", "250 taken")
    assert answer.seconds < 2


@pytest.mark.parametrize(("code", "kind"), [(b"250", "Accepted"), (b"550", "Refused")])
def test_whatever_bytes_a_server_says_are_told_as_one_short_printable_line(
    courier: CourierProcess, code: bytes, kind: str
) -> None:
    said = code + b"-gr\xfc\xdfe \x00\x1b[31m\r\n" + code + b" " + b"long " * 150
    with RudeServer({"MESSAGE": said}).running() as server:
        answer = courier.send(server)
    assert answer.kind == kind
    assert answer.words.isprintable()
    assert len(answer.words) <= 500
    assert answer.words.startswith(f"{code.decode()} gr e [31m long long")


def test_a_report_comes_to_an_address_that_says_which_mail_it_is_about(
    courier: CourierProcess, office: PostOffice
) -> None:
    courier.send(office, bounces="bounces@fabrikam.example")
    assert office.letters[0].sender == f"bounces+{MAIL.hex}@fabrikam.example"
    assert office.letters[0].message["From"] == "Fabrikam Voice <no-reply@fabrikam.example>"


def test_a_server_that_can_is_asked_for_reports_that_name_the_mail_without_its_text(
    courier: CourierProcess,
) -> None:
    with RudeServer({"EHLO": b"250-rude\r\n250 DSN"}).running() as server:
        assert courier.send(server).kind == "Accepted"
    heard = [line for line in server.heard if line.startswith(("MAIL", "RCPT"))]
    assert heard == [
        f"MAIL FROM:<no-reply@fabrikam.example> RET=HDRS ENVID={MAIL}",
        "RCPT TO:<admin@contoso.example> NOTIFY=FAILURE",
    ]
