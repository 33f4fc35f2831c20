"""The short selection of the fault tests, which runs with every `make test`."""

import random

from tests.faults.conftest import World
from tests.faults.keeper import KINDS
from tests.faults.servers import database_away, kill_broker, let_pass
from tests.support.waiting import eventually

PLACES = {
    "onboarding work": ("committed", 4),
    "invitation work": ("confirmed", 3),
    "credential_validator work": ("decided", 2),
    "notifier work": ("job_done", 3),
}
"""Where each process kills itself, and for the how many-th time it comes there."""

ORDERS = 2000
"""More than anybody can place while these faults last."""


def test_work_processes_that_die_at_the_worst_places_lose_nothing(world: World) -> None:
    for kind, (place, times) in PLACES.items():
        world.keeper.crash_at(kind, place, times)
    with world.load().all_of(orders=12) as load:
        eventually(lambda: all(map(world.keeper.has_crashed, PLACES)), 240, "all four crashes")
    world.assert_nothing_is_lost(load)


def test_a_kill_of_each_kind_of_process_loses_nothing(world: World) -> None:
    with world.load().running(ORDERS) as load:
        for kind in random.sample(KINDS, len(KINDS)):
            before = load.ended
            world.keeper.kill(kind)
            eventually(lambda before=before: load.ended > before, 240, "an order after the kill")  # type: ignore[misc]
    world.assert_nothing_is_lost(load)


def test_a_killed_broker_and_a_restarted_database_lose_nothing(world: World) -> None:
    with world.load().running(ORDERS) as load:
        eventually(lambda: load.accepted, 240, "the first order")
        kill_broker(world.keeper)
        eventually(lambda: load.ended > 2, 240, "orders after the broker's return")
        before = load.ended
        with database_away(world.keeper):
            let_pass(1)
        eventually(lambda: load.ended > before + 2, 240, "orders after the database's return")
    world.assert_nothing_is_lost(load)
