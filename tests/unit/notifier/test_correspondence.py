"""Which round may still be sent, and what became of its mail."""

import pytest

from notifier.domain.correspondence import Correspondence, Fate
from tests.support.events import SUBJECT

BLANK = Correspondence(SUBJECT)


def test_a_round_that_was_issued_may_be_sent() -> None:
    assert BLANK.issued(1).may_send(1)


def test_a_newer_round_ends_all_before_it() -> None:
    correspondence = BLANK.issued(2).issued(1)
    assert not correspondence.may_send(1)
    assert correspondence.may_send(2)


def test_a_dead_round_and_all_before_it_may_not_be_sent_but_a_newer_one_may() -> None:
    correspondence = BLANK.issued(2).died(2).died(1)
    assert [correspondence.may_send(round_) for round_ in (1, 2, 3)] == [False, False, True]


def test_after_the_end_of_the_order_no_round_may_be_sent() -> None:
    assert not BLANK.issued(1).finished().issued(2).may_send(2)


@pytest.mark.parametrize("fate", list(Fate))
def test_the_fate_of_the_newest_round_counts(fate: Fate) -> None:
    correspondence = BLANK.met(1, Fate.UNDELIVERABLE).met(2, fate)
    assert (correspondence.fate_round, correspondence.fate) == (2, fate)
    assert correspondence.met(1, Fate.ACCEPTED) == correspondence


def test_a_mail_that_was_put_off_may_be_accepted_later() -> None:
    assert BLANK.met(1, Fate.QUEUED).met(1, Fate.ACCEPTED).fate is Fate.ACCEPTED
