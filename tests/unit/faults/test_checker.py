"""The checker of the fault tests finds what it is there for; it is worth nothing otherwise."""

from collections.abc import Iterator
from dataclasses import replace
from uuid import UUID

import pytest

from tests.faults.checker import Accepted, Goal, Letter, Order, Seen, judge, settled

ONE = UUID(int=1)
TWO = UUID(int=2)
DONE = Accepted("done-1", "it@done.example")
OPEN = Accepted("open-1", "it@open.example", Goal.INVITED)
CLEAN = "lost=0 doubled=0 unsettled=0"


def a_good_end() -> Seen:
    """One order brought to its end and one left with the administrator, both as they should be."""
    return Seen(
        orders=(Order(ONE, "done-1", "active"), Order(TWO, "open-1", "invited")),
        live_links={TWO: 1},
        kept_credentials={ONE: 1},
        mail_fates={ONE: "accepted", TWO: "accepted"},
        letters=(
            Letter("it@done.example", "Activate your tenant", "<1@x>"),
            Letter("it@done.example", "The service has been created", "<2@x>"),
            Letter("it@open.example", "Activate your tenant", "<3@x>"),
        ),
        waiting={"notifier.inbox": 0},
        set_aside={"unrouted": 0},
    )


def verdict_of(**changes: object) -> str:
    """On the good end with changes."""
    return str(judge((DONE, OPEN), replace(a_good_end(), **changes)))  # type: ignore[arg-type]


def without(*numbers: int) -> tuple[Letter, ...]:
    return tuple(e for i, e in enumerate(a_good_end().letters, 1) if i not in numbers)


def with_another(letter: Letter) -> tuple[Letter, ...]:
    return (*a_good_end().letters, letter)


def test_a_good_end_is_clean() -> None:
    assert verdict_of() == CLEAN


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        ({"orders": (Order(ONE, "done-1", "active"),)}, "open-1: there is no such order"),
        ({"letters": without(1)}, "done-1: no invitation in the mailbox"),
        ({"letters": without(2)}, "done-1: nobody was told that it has been created"),
        ({"live_links": {}}, "open-1: no link that lives"),
        ({"live_links": {ONE: 1, TWO: 1}}, "done-1: its links have not died"),
        ({"kept_credentials": {}}, "done-1: its credentials are gone"),
        ({"set_aside": {"unrouted": 1}}, "1 set aside in unrouted"),
    ],
)
def test_what_is_lost_is_found(changes: dict[str, object], found: str) -> None:
    said = verdict_of(**changes)
    assert said.startswith("lost=1 doubled=0 unsettled=0")
    assert found in said


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"orders": (*a_good_end().orders, Order(UUID(int=3), "done-1", "requested"))},
            "done-1: 2 orders",
        ),
        (
            {"letters": with_another(Letter("it@open.example", "Activate your tenant", "<9@x>"))},
            "open-1: 2 invitations instead of 1",
        ),
        (
            {"letters": with_another(Letter("it@done.example", "It has been created", "<9@x>"))},
            "done-1: 2 mails that it has been created instead of 1",
        ),
        ({"live_links": {TWO: 2}}, "open-1: 2 links that live instead of 1"),
        ({"kept_credentials": {ONE: 2}}, "done-1: 2 credentials kept instead of 1"),
    ],
)
def test_what_is_doubled_is_found(changes: dict[str, object], found: str) -> None:
    said = verdict_of(**changes)
    assert said.startswith("lost=0 doubled=1 unsettled=0")
    assert found in said


@pytest.mark.parametrize(
    ("changes", "found"),
    [
        (
            {"orders": (Order(ONE, "done-1", "validating"), Order(TWO, "open-1", "invited"))},
            "done-1: validating, not active",
        ),
        ({"mail_fates": {ONE: "accepted", TWO: "queued"}}, "open-1: the invitation's fate is"),
        ({"waiting": {"notifier.inbox": 3}}, "3 waiting in notifier.inbox"),
    ],
)
def test_what_is_unsettled_is_found(changes: dict[str, object], found: str) -> None:
    said = verdict_of(**changes)
    assert said.startswith("lost=0 doubled=0 unsettled=1")
    assert found in said


def test_the_same_mail_twice_is_what_is_promised_of_mail() -> None:
    assert verdict_of(letters=with_another(a_good_end().letters[2])) == CLEAN


def test_a_second_round_may_have_a_second_invitation() -> None:
    orders = (Order(ONE, "done-1", "active"), Order(TWO, "open-1", "invited", rounds=2))
    letters = with_another(Letter("it@open.example", "Activate your tenant", "<9@x>"))
    assert verdict_of(orders=orders, letters=letters) == CLEAN


def test_it_waits_until_all_is_settled_and_looks_again_for_what_comes_late() -> None:
    busy = replace(a_good_end(), waiting={"notifier.inbox": 1})
    late = replace(a_good_end(), live_links={TWO: 2})
    looks: Iterator[Seen] = iter([busy, a_good_end(), late, a_good_end(), a_good_end()])
    assert str(settled((DONE, OPEN), lambda: next(looks), seconds=60, pause=0)) == CLEAN
    assert next(looks, None) is None


def test_it_tells_what_is_left_when_the_time_is_up() -> None:
    busy = replace(a_good_end(), waiting={"notifier.inbox": 1})
    assert "unsettled=1" in str(settled((DONE, OPEN), lambda: busy, seconds=0))
