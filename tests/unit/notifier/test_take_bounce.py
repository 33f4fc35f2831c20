"""A mail that came back: who has to act is told once, and nobody is told of anybody else's."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from uuid import UUID

import pytest
import sqlalchemy as sa

from notifier.app.take_bounce import TakeBounce, Taken
from notifier.domain.bounces import Bounce, NotOurs
from notifier.domain.correspondence import Correspondence, Fate
from notifier.entrypoints.bounce import DONE, TRY_AGAIN, take_report
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.notifier import InvitationUndeliverable
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.decision import Decision
from tests.support.events import MAIL, SUBJECT
from tests.support.notifier_builders import KnownCorrespondence, a_letter

FAILED = Bounce(MAIL, True, "Came back: 550 5.1.1 no such user")
SENT = Correspondence(SUBJECT).issued(1).queued(a_letter()).met(MAIL, Fate.ACCEPTED, "250 OK")


@dataclass
class Kept:
    """`UnitsOfWork` that keep one correspondence in memory."""

    correspondence: Correspondence
    told: list[Fact] = field(default_factory=list)

    @contextmanager
    def begin(self) -> Iterator["Kept"]:
        """Everything is committed."""
        yield self

    def aggregate(self, _subject: UUID) -> Correspondence:
        """As it is now."""
        return self.correspondence

    def apply(self, _subject: UUID, decision: Decision[Correspondence]) -> None:
        """Take over a decision."""
        self.correspondence = decision.aggregate
        self.told += decision.events


def taken(kept: Kept, bounce: Bounce) -> Taken:
    """Run the verb once."""
    return TakeBounce(KnownCorrespondence(kept.correspondence), kept).run(bounce)


def test_an_invitation_that_came_back_is_undeliverable_and_told_once() -> None:
    kept = Kept(SENT)
    results = [taken(kept, FAILED) for _ in range(2)]
    assert results == [Taken.RECORDED, Taken.KNOWN]
    assert kept.told == [InvitationUndeliverable(round=1, mail_id=MAIL, server_words=FAILED.words)]
    letter = kept.correspondence.letter(MAIL)
    assert letter is not None
    assert (letter.fate, letter.words) == (Fate.UNDELIVERABLE, FAILED.words)
    assert kept.correspondence.fate is Fate.UNDELIVERABLE


def test_a_notice_that_came_back_is_remembered_and_nobody_is_told() -> None:
    kept = Kept(Correspondence(SUBJECT).queued(a_letter(round_=0, kind="receipt")))
    assert taken(kept, FAILED) is Taken.RECORDED
    assert kept.told == []
    letter = kept.correspondence.letter(MAIL)
    assert letter is not None
    assert letter.fate is Fate.UNDELIVERABLE


@pytest.mark.parametrize(
    ("bounce", "result"),
    [(Bounce(MAIL, False, "later"), Taken.PASSING), (Bounce(new_id(), True, "no"), Taken.UNKNOWN)],
)
def test_a_delay_and_an_unknown_mail_change_nothing(bounce: Bounce, result: Taken) -> None:
    kept = Kept(SENT)
    assert taken(kept, bounce) is result
    assert (kept.correspondence, kept.told) == (SENT, [])


def test_what_is_no_report_is_taken_so_that_no_server_sends_it_back() -> None:
    code = take_report(BytesIO(b"hello"), lambda _: NotOurs("it is no report"), lambda: never())
    assert code == DONE


def test_while_the_database_is_away_the_mail_server_has_to_try_again() -> None:
    def away() -> TakeBounce:
        raise sa.exc.OperationalError("SELECT 1", {}, Exception("away"))

    assert take_report(BytesIO(b"report"), lambda _: FAILED, away) == TRY_AGAIN


def never() -> TakeBounce:
    """A verb that nobody may ask for."""
    raise AssertionError("asked for")
