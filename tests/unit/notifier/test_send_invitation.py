"""The invitation is sent while its link lives, and onboarding is told the truth about it."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from notifier.app.pace import Pace
from notifier.app.ports import Accepted, Deferred, Refused
from notifier.app.send_invitation import SendInvitation
from notifier.domain.correspondence import Correspondence, Fate
from notifier.domain.mails import (
    InvitationAgainMail,
    InvitationMail,
    InvitationReminderMail,
    InvitationRenewalMail,
    Outgoing,
)
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
    Counted,
    KnownCorrespondence,
    OpeningLinks,
    a_letter,
    an_invitation_job,
)

ISSUED = Correspondence(SUBJECT).issued(1).queued(a_letter())
LATER = Deferred("450 4.2.0 try later")


def send(
    job: Job,
    courier: AnsweringCourier,
    known: Correspondence | None = ISSUED,
    now: datetime = NOW,
    links: OpeningLinks | None = None,
    pace: Pace | None = None,
    counted: Counted | None = None,
) -> Settlement[Correspondence]:
    """Run the verb once."""
    verb = SendInvitation(
        courier,
        KnownCorrespondence(known),
        links or OpeningLinks(),
        pace or Pace(1000),
        counted or Counted(),
    )
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


@pytest.mark.parametrize(
    ("kind", "mail"),
    [
        ("first", InvitationMail),
        ("again", InvitationAgainMail),
        ("reminder", InvitationReminderMail),
        ("renewal", InvitationRenewalMail),
    ],
)
def test_the_mail_says_what_was_issued_with_the_link_in_clear(
    kind: str, mail: type[InvitationMail]
) -> None:
    courier = AnsweringCourier()
    send(
        an_invitation_job(
            email="it@contoso.example",
            requested_by="Anna",
            kind=kind,
            language="de",
            brand="fabrikam",
        ),
        courier,
    )
    expected = mail(
        link=LINK,
        customer_name="Contoso",
        full_name="Contoso Direct Routing",
        requested_by="Anna",
        expires_at=END,
    )
    assert courier.sent == [
        Outgoing(
            mail_id=MAIL,
            recipient="it@contoso.example",
            mail=expected,
            language="de",
            brand="fabrikam",
        )
    ]


@pytest.mark.parametrize("kind", ["renewal", "reminder"])
def test_the_mail_of_a_renewal_says_when_the_secret_ends(kind: str) -> None:
    courier = AnsweringCourier()
    send(an_invitation_job(kind=kind, secret_expires_at=END), courier)
    (outgoing,) = courier.sent
    assert isinstance(outgoing.mail, InvitationRenewalMail | InvitationReminderMail)
    assert outgoing.mail.secret_expires_at == END


def test_every_try_has_the_same_mail_id() -> None:
    courier = AnsweringCourier(LATER)
    for attempts in range(3):
        send(an_invitation_job(attempts=attempts), courier)
    assert [outgoing.mail_id for outgoing in courier.sent] == [MAIL] * 3


def test_a_mail_that_is_put_off_is_tried_again_and_the_next_try_is_told() -> None:
    settlement = send(an_invitation_job(), AnsweringCourier(LATER))
    fact, correspondence = told(settlement)
    assert isinstance(fact, InvitationDelayed)
    assert (fact.server_words, fact.next_try) == (LATER.words, settlement.again_at)
    assert correspondence.fate is Fate.DELAYED
    assert correspondence.letter(MAIL) == a_letter(
        fate=Fate.DELAYED, words=LATER.words, next_try=settlement.again_at, tries=1
    )


def test_delays_grow_and_stay_within_an_hour_or_so() -> None:
    def delay(attempts: int) -> timedelta:
        known = Correspondence(SUBJECT).issued(1).queued(a_letter(tries=attempts))
        settlement = send(an_invitation_job(), AnsweringCourier(LATER), known)
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
    [ISSUED.died(1), ISSUED.issued(2), ISSUED.finished(), ISSUED.made(), None],
    ids=["withdrawn or expired", "a newer round", "the order is over", "created", "unknown"],
)
def test_a_dead_link_is_not_sent_and_nothing_is_told(known: Correspondence | None) -> None:
    courier = AnsweringCourier()
    settlement = send(an_invitation_job(), courier, known)
    assert courier.sent == []
    assert settlement.again_at is None
    assert settlement.decide(ISSUED, NOW) == Decision(ISSUED.met(MAIL, Fate.DROPPED))


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
    newer = ISSUED.issued(2).round_met(2, Fate.ACCEPTED)
    decision = settlement.decide(newer, NOW)
    assert (decision.aggregate.fate_round, decision.aggregate.fate) == (2, Fate.ACCEPTED)
    assert len(decision.events) == 1


def test_after_a_success_a_reminder_that_still_waits_is_not_sent_but_an_invitation_is() -> None:
    courier, proven = AnsweringCourier(), ISSUED.proven(NOW)
    send(an_invitation_job(kind="reminder"), courier, proven)
    assert courier.sent == []
    send(an_invitation_job(kind="again"), courier, proven)
    assert len(courier.sent) == 1


def test_a_mail_beyond_the_domains_pace_waits_without_counting_as_a_try() -> None:
    courier, pace = AnsweringCourier(), Pace(1)
    send(an_invitation_job(), courier, pace=pace)
    waiting = send(an_invitation_job(), courier, pace=pace)
    assert len(courier.sent) == 1
    assert waiting.again_at == NOW + timedelta(minutes=1)
    assert waiting.decide(ISSUED, NOW) == Decision(ISSUED)


@pytest.mark.parametrize(
    ("answer", "known", "outcome"),
    [
        (Accepted("250 OK"), ISSUED, "accepted"),
        (LATER, ISSUED, "delayed"),
        (Refused("550 no"), ISSUED, "undeliverable"),
        (Accepted("250 OK"), ISSUED.died(1), "dropped"),
    ],
)
def test_what_became_of_a_mail_is_counted_by_its_kind(
    answer: Accepted | Deferred | Refused, known: Correspondence, outcome: str
) -> None:
    counted = Counted()
    send(an_invitation_job(kind="again"), AnsweringCourier(answer), known, counted=counted)
    assert counted.mails == [("invitation_again", outcome)]
