"""Waiting for a verdict: as long as it helps, and never with all threads."""

import threading
from itertools import count

from invitation.entrypoints.patience import Patience

FOR_EVER = 60.0


def test_it_waits_until_there_is_a_verdict() -> None:
    looks = count(1)
    Patience(FOR_EVER, at_once=1).wait(lambda: next(looks) == 3)
    assert next(looks) == 4


def test_it_gives_up_in_the_end() -> None:
    Patience(0.01, at_once=1).wait(lambda: False)


def test_whoever_comes_when_all_places_are_taken_does_not_wait() -> None:
    patience = Patience(FOR_EVER, at_once=1)
    inside, enough = threading.Event(), threading.Event()

    def wait_long() -> None:
        patience.wait(lambda: inside.set() or enough.is_set())

    first = threading.Thread(target=wait_long)
    first.start()
    assert inside.wait(FOR_EVER)
    looked = False

    def look() -> bool:
        nonlocal looked
        looked = True
        return True

    patience.wait(look)
    assert not looked
    enough.set()
    first.join(FOR_EVER)
    patience.wait(look)
    assert looked
