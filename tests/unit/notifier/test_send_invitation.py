"""The invitation is sent while its link lives, and onboarding is told the truth about it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from notifier.app.ports import Accepted, Deferred, Refused
from notifier.app.send_invitation import SendInvitation
from notifier.domain.correspondence import Correspondence, Fate
from notifier.domain.mails import InvitationMail
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.notifier import (
    InvitationDelayed,
    InvitationSent,
    InvitationUndeliverable,
)
from tenantlink_runtime.decision import Decision
from tenantlink_runtime.job import Job, Settlement
from tests.support.events import MAIL, NOW, SUBJECT
from tests.support.notifier_builders import (
    END,
    LINK,
    AnsweringCourier,
    KnownCorrespondence,
    OpeningLinks,
    an_invitation_job,
)

ISSUED = Correspondence(SUBJECT).issued(1)
LATER = Deferred("450 4.2.0 try later")


def send(
    job: Job,
    courier: AnsweringCourier,
    known: Correspondence | None = ISSUED,
    now: datetime = NOW,
    links: OpeningLinks | None = None,
) -> Settlement[Correspondence]:
    """Run the verb once."""
    verb = SendInvitation(courier, KnownCorrespondence(known), links or OpeningLinks())
    return verb.run(job, now)


def told(settlement: Settlement[Correspondence]) -> tuple[Fact, Correspondence]:
    """The one fact that a try leads to, and the correspondence afterwards."""
    decision = settlement.decide(ISSUED, NOW)
    (fact,) = decision.events
    return fact, decision.aggregate


def test_a_mail_that_the_server_takes_is_told_with_the_servers_words() -> None:
    courier = AnsweringCourier(Accepted("250 2.0.0 queued as 17"))
    settlement = send(an_invitation_job(), courier)
    fact, correspondence = told(settlement)
    assert fact == InvitationSent(round=1, mail_id=MAIL, server_words="250 2.0.0 queued as 17")
    assert correspondence.fate is Fate.ACCEPTED
    assert settlement.again_at is None


def test_the_mail_says_what_was_issued_with_the_link_in_clear() -> None:
    courier = AnsweringCourier()
    send(an_invitation_job(email="it@contoso.example", requested_by="Anna"), courier)
    assert courier.sent == [
        (
            MAIL,
            "it@contoso.example",
            InvitationMail(
                link=LINK,
                customer_name="Contoso",
                full_name="Contoso Direct Routing",
                requested_by="Anna",
                expires_at=END,
            ),
        )
    ]


def test_every_try_has_the_same_mail_id() -> None:
    courier = AnsweringCourier(LATER)
    for attempts in range(3):
        send(an_invitation_job(attempts=attempts), courier)
    assert {mail_id for mail_id, _, _ in courier.sent} == {MAIL}


def test_a_mail_that_is_put_off_is_tried_again_and_the_next_try_is_told() -> None:
    settlement = send(an_invitation_job(), AnsweringCourier(LATER))
    fact, correspondence = told(settlement)
    assert isinstance(fact, InvitationDelayed)
    assert (fact.server_words, fact.next_try) == (LATER.words, settlement.again_at)
    assert correspondence.fate is Fate.QUEUED


def test_delays_grow_and_stay_within_an_hour_or_so() -> None:
    def delay(attempts: int) -> timedelta:
        settlement = send(an_invitation_job(attempts=attempts), AnsweringCourier(LATER))
        assert settlement.again_at is not None
        return settlement.again_at - NOW

    first, fourth, late = delay(0), delay(4), delay(200)
    assert timedelta(seconds=20) < first < timedelta(seconds=40) < fourth
    assert fourth < timedelta(minutes=15) < late < timedelta(minutes=75)


def test_a_mail_is_never_put_off_beyond_the_links_end() -> None:
    just_before = END - timedelta(seconds=10)
    settlement = send(an_invitation_job(), AnsweringCourier(LATER), now=just_before)
    fact, _ = told(settlement)
    assert settlement.again_at is None
    assert fact == InvitationUndeliverable(round=1, mail_id=MAIL, server_words=LATER.words)


@pytest.mark.parametrize("late", [timedelta(0), timedelta(hours=5)])
def test_a_mail_that_comes_to_its_turn_after_the_links_end_is_undeliverable_and_not_sent(
    late: timedelta,
) -> None:
    courier = AnsweringCourier()
    fact, _ = told(send(an_invitation_job(), courier, now=END + late))
    assert courier.sent == []
    assert isinstance(fact, InvitationUndeliverable)
    assert "ended" in fact.server_words


def test_a_mail_that_the_server_refuses_is_undeliverable_and_not_tried_again() -> None:
    settlement = send(an_invitation_job(), AnsweringCourier(Refused("550 5.1.1 no such user")))
    fact, correspondence = told(settlement)
    assert fact == InvitationUndeliverable(
        round=1, mail_id=MAIL, server_words="550 5.1.1 no such user"
    )
    assert correspondence.fate is Fate.UNDELIVERABLE
    assert settlement.again_at is None


@pytest.mark.parametrize(
    "known",
    [ISSUED.died(1), ISSUED.issued(2), ISSUED.finished(), None],
    ids=["withdrawn or expired", "a newer round", "the order is over", "unknown"],
)
def test_a_dead_link_is_not_sent_and_nothing_is_told(known: Correspondence | None) -> None:
    courier = AnsweringCourier()
    settlement = send(an_invitation_job(), courier, known)
    assert courier.sent == []
    assert settlement.again_at is None
    assert settlement.decide(ISSUED, NOW) == Decision(ISSUED)


@pytest.mark.parametrize("elsewhere", [{"round": 2}, {"subject": uuid4()}])
def test_a_link_that_does_not_open_here_is_undeliverable(elsewhere: dict[str, Any]) -> None:
    courier = AnsweringCourier()
    settlement = send(an_invitation_job(), courier, links=OpeningLinks(**elsewhere))
    fact, _ = told(settlement)
    assert courier.sent == []
    assert settlement.again_at is None
    assert isinstance(fact, InvitationUndeliverable)
    assert "new round" in fact.server_words


def test_the_result_of_an_older_round_does_not_hide_that_of_a_newer_one() -> None:
    settlement = send(an_invitation_job(), AnsweringCourier(Refused("550 no")))
    newer = ISSUED.issued(2).met(2, Fate.ACCEPTED)
    decision = settlement.decide(newer, NOW)
    assert decision.aggregate == newer
    assert len(decision.events) == 1
