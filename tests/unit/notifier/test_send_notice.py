"""A notice is tried often, but not for ever; nobody else waits for its recipient."""

from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from notifier.app.ports import Accepted, Deferred, Refused
from notifier.app.send_notice import MAX_ATTEMPTS, SendNotice
from notifier.domain.correspondence import Correspondence
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW, SUBJECT
from tests.support.notifier_builders import AnsweringCourier, a_notice_job, a_service_created_mail

KNOWN = Correspondence(SUBJECT)
LATER = Deferred("450 try later")


def test_a_notice_goes_to_its_one_recipient_with_the_jobs_id() -> None:
    courier, job = AnsweringCourier(), a_notice_job(recipient="anna@fabrikam.example")
    settlement = SendNotice(courier).run(job, NOW)
    mail = a_service_created_mail(full_name="Contoso Voice")
    assert courier.sent == [(job.id, "anna@fabrikam.example", mail)]
    assert settlement.again_at is None
    assert settlement.decide(KNOWN, NOW) == Decision(KNOWN)


@pytest.mark.parametrize(("attempts", "least", "most"), [(0, 20, 40), (3, 180, 300)])
def test_a_notice_that_is_put_off_is_tried_again_after_a_growing_delay(
    attempts: int, least: int, most: int
) -> None:
    job = a_notice_job(attempts=attempts)
    again_at = SendNotice(AnsweringCourier(LATER)).run(job, NOW).again_at
    assert again_at is not None
    assert timedelta(seconds=least) < again_at - NOW < timedelta(seconds=most)


@pytest.mark.parametrize(
    ("answer", "attempts"), [(LATER, MAX_ATTEMPTS), (Refused("550 no such user"), 0)]
)
def test_a_notice_that_nobody_takes_is_logged_with_the_servers_words_and_dropped(
    answer: Deferred | Refused, attempts: int
) -> None:
    with capture_logs() as logs:
        settlement = SendNotice(AnsweringCourier(answer)).run(a_notice_job(attempts=attempts), NOW)
    assert settlement.again_at is None
    (entry,) = logs
    assert (entry["event"], entry["words"]) == ("notice_undeliverable", answer.words)
    assert entry["subject"] == str(SUBJECT)


def test_a_notice_that_is_taken_is_not_logged_as_lost() -> None:
    with capture_logs() as logs:
        SendNotice(AnsweringCourier(Accepted("250 OK"))).run(a_notice_job(), NOW)
    assert logs == []
