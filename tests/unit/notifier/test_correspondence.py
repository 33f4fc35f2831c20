"""Which round may still be sent, and what became of its mail."""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest

from notifier.domain.correspondence import MOST_MAILS, Correspondence, Fate
from tests.support.events import MAIL, NOW, SUBJECT
from tests.support.notifier_builders import a_letter

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
    assert not BLANK.issued(1).finished().issued(2, renewal=True).may_send(2)


def test_after_the_service_was_created_only_renewals_may_be_sent() -> None:
    created = BLANK.issued(1).made()
    assert not created.may_send(1)
    assert created.issued(2, renewal=True).may_send(2)
    assert created.issued(3, renewal=True).issued(2).may_send(3)
    assert not BLANK.issued(2).issued(3, renewal=True).made().may_send(2)


def test_a_reminder_from_before_the_success_is_pointless_and_a_later_one_is_not() -> None:
    proven = BLANK.issued(1).proven(NOW)
    assert proven.may_send(1)
    assert not proven.may_send(1, reminds_since=NOW)
    assert proven.may_send(1, reminds_since=NOW + timedelta(seconds=1))


@pytest.mark.parametrize("fate", list(Fate))
def test_the_fate_of_the_newest_round_counts(fate: Fate) -> None:
    correspondence = BLANK.round_met(1, Fate.UNDELIVERABLE).round_met(2, fate)
    assert (correspondence.fate_round, correspondence.fate) == (2, fate)
    assert correspondence.round_met(1, Fate.ACCEPTED) == correspondence


def test_a_mail_that_was_put_off_may_be_accepted_later() -> None:
    delayed = BLANK.queued(a_letter()).met(MAIL, Fate.DELAYED, "450 later", NOW)
    assert delayed.letter(MAIL) == a_letter(
        fate=Fate.DELAYED, words="450 later", next_try=NOW, tries=1
    )
    accepted = delayed.met(MAIL, Fate.ACCEPTED, "250 OK")
    assert accepted.letter(MAIL) == a_letter(fate=Fate.ACCEPTED, words="250 OK", tries=2)


def test_a_fact_that_comes_twice_does_not_make_a_mail_wait_again() -> None:
    sent = BLANK.queued(a_letter()).met(MAIL, Fate.ACCEPTED, "250 OK")
    assert sent.queued(a_letter()) == sent


def test_the_newest_mails_are_remembered_whatever_order_they_came_in() -> None:
    letters = [
        replace(a_letter(UUID(int=each)), at=NOW + timedelta(hours=each))
        for each in range(MOST_MAILS + 3)
    ]
    forth, back = BLANK, BLANK
    for there, here in zip(letters, reversed(letters), strict=True):
        forth, back = forth.queued(there), back.queued(here)
    assert forth == back
    assert forth.letters == tuple(letters[3:])


def test_a_mail_that_waits_for_a_dead_round_is_told_as_dropped() -> None:
    waiting = BLANK.issued(1).queued(a_letter())
    assert waiting.truth(a_letter()) is Fate.QUEUED
    assert waiting.died(1).truth(a_letter()) is Fate.DROPPED
    assert waiting.died(1).truth(a_letter(fate=Fate.ACCEPTED)) is Fate.ACCEPTED
    assert waiting.finished().truth(a_letter(round_=0, kind="receipt")) is Fate.QUEUED


def test_the_newest_rounds_status_link_is_kept_until_the_order_is_over() -> None:
    known = BLANK.shows_status(2, "second").shows_status(1, "first")
    assert (known.status_round, known.status_link) == (2, "second")
    for over in (known.finished(), known.made(), BLANK.made().shows_status(1, "first")):
        assert over.status_link == ""
