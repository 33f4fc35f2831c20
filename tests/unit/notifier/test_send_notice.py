"""A notice is tried often, but not for ever; nobody else waits for its recipient."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from notifier.app.pace import Pace
from notifier.app.ports import Accepted, Deferred, Refused
from notifier.app.send_notice import MAX_TRIES, SendNotice
from notifier.domain.correspondence import Correspondence, Fate
from notifier.domain.mails import Outgoing, ReceiptMail
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job, Settlement
from tests.support.events import MAIL, NOW, SEALED, SUBJECT
from tests.support.notifier_builders import (
    LINK,
    NOTICES,
    AnsweringCourier,
    Counted,
    KnownCorrespondence,
    OpeningLinks,
    a_letter,
    a_notice_job,
    a_service_created_mail,
)

KNOWN = Correspondence(SUBJECT).queued(a_letter(round_=0, kind="service_created"))
LATER = Deferred("450 try later")


def send(
    job: Job,
    courier: AnsweringCourier,
    known: Correspondence = KNOWN,
    pace: Pace | None = None,
    counted: Counted | None = None,
) -> Settlement[Correspondence]:
    """Run the verb once."""
    verb = SendNotice(
        courier,
        KnownCorrespondence(known),
        OpeningLinks(),
        pace or Pace(1000),
        counted or Counted(),
    )
    return verb.run(job, NOW)


def test_a_notice_goes_to_its_one_recipient_in_its_language_and_brand() -> None:
    courier = AnsweringCourier()
    job = a_notice_job(recipient="anna@fabrikam.example", language="de", brand="fabrikam")
    settlement = send(job, courier)
    assert courier.sent == [
        Outgoing(
            mail_id=MAIL,
            recipient="anna@fabrikam.example",
            mail=a_service_created_mail(full_name="Contoso Voice"),
            language="de",
            brand="fabrikam",
        )
    ]
    assert settlement.again_at is None
    decided = settlement.decide(KNOWN, NOW)
    assert decided == Decision(KNOWN.met(MAIL, Fate.ACCEPTED, "250 OK"))


@pytest.mark.parametrize(("tries", "least", "most"), [(0, 20, 40), (3, 180, 300)])
def test_a_notice_that_is_put_off_is_tried_again_after_a_growing_delay(
    tries: int, least: int, most: int
) -> None:
    known = Correspondence(SUBJECT).queued(a_letter(round_=0, tries=tries))
    settlement = send(a_notice_job(attempts=tries), AnsweringCourier(LATER), known)
    assert settlement.again_at is not None
    assert timedelta(seconds=least) < settlement.again_at - NOW < timedelta(seconds=most)
    letter = settlement.decide(known, NOW).aggregate.letter(MAIL)
    assert letter is not None
    assert (letter.fate, letter.next_try) == (Fate.DELAYED, settlement.again_at)


@pytest.mark.parametrize(
    ("answer", "tries"), [(LATER, MAX_TRIES), (Refused("550 no such user"), 0)]
)
def test_a_notice_that_nobody_takes_is_logged_with_the_servers_words_and_given_up(
    answer: Deferred | Refused, tries: int
) -> None:
    known = Correspondence(SUBJECT).queued(a_letter(round_=0, tries=tries))
    with capture_logs() as logs:
        settlement = send(a_notice_job(attempts=tries), AnsweringCourier(answer), known)
    assert settlement.again_at is None
    (entry,) = logs
    assert (entry["event"], entry["words"]) == ("notice_undeliverable", answer.words)
    assert entry["subject"] == str(SUBJECT)


def test_a_notice_that_is_taken_is_not_logged_as_lost() -> None:
    counted = Counted()
    with capture_logs() as logs:
        send(a_notice_job(), AnsweringCourier(Accepted("250 OK")), counted=counted)
    assert logs == []
    assert counted.mails == [("service_created", "accepted")]


def test_a_receipt_has_the_link_to_the_status_page_while_there_is_one() -> None:
    courier, receipt = AnsweringCourier(), a_notice_job(**NOTICES["receipt"])
    known = KNOWN.shows_status(1, SEALED)
    for each in (known, known.finished(), KNOWN.shows_status(1, "not sealed to us")):
        send(receipt, courier, each)
    links = [each.mail.status_link for each in courier.sent if isinstance(each.mail, ReceiptMail)]
    assert links == [LINK, "", ""]


def test_no_producer_chooses_the_link_of_a_receipt() -> None:
    data = {**NOTICES["receipt"]["data"], "status_link": "https://evil.example/status"}
    courier = AnsweringCourier()
    send(a_notice_job(kind="receipt", data=data), courier)
    (outgoing,) = courier.sent
    assert isinstance(outgoing.mail, ReceiptMail)
    assert outgoing.mail.status_link == ""


def test_a_notice_beyond_the_domains_pace_waits_without_counting_as_a_try() -> None:
    courier, pace = AnsweringCourier(), Pace(1)
    send(a_notice_job(), courier, pace=pace)
    waiting = send(a_notice_job(), courier, pace=pace)
    assert len(courier.sent) == 1
    assert waiting.again_at == NOW + timedelta(minutes=1)
    assert waiting.decide(KNOWN, NOW) == Decision(KNOWN)
