"""`kill -9` of the product's processes: at each named place, and at random moments."""

import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest

from tests.faults.conftest import World
from tests.faults.keeper import KINDS
from tests.faults.progress import tell
from tests.faults.servers import let_pass
from tests.support.waiting import eventually

WORK = tuple(kind for kind in KINDS if kind.endswith("work"))
WITH_JOBS = ("credential_validator work", "notifier work")
PLACES = {"decided": WORK, "committed": WORK, "confirmed": WORK, "job_done": WITH_JOBS}
KILLS = 20
SECONDS = 400.0


@pytest.fixture
def real_leases(world: World) -> Iterator[World]:
    """Jobs of killed processes wait for their lease, as they do in production."""
    world.keeper.skip_leases = False
    yield world
    world.keeper.skip_leases = True


def crash_all_at(world: World, place: str, times: int) -> None:
    """A load, during which each process that comes to the place dies there."""
    before = world.keeper.ended.copy()
    for kind in PLACES[place]:
        world.keeper.crash_at(kind, place, times)
    with world.load(SECONDS).all_of(orders=5 + 3 * times) as load:
        for kind in PLACES[place]:
            died = (kind, -9)
            eventually(
                lambda died=died: world.keeper.ended[died] > before[died],  # type: ignore[misc]
                180,
                f"the death of {kind}, {place}",
            )
    world.assert_nothing_is_lost(load)


@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("place", PLACES)
def test_a_kill_at_a_named_place_loses_nothing(world: World, place: str, times: int) -> None:
    crash_all_at(world, place, times)


def test_what_was_sent_before_a_kill_is_sent_again_when_its_lease_has_lapsed(
    real_leases: World,
) -> None:
    crash_all_at(real_leases, "job_done", 2)


def kill_at_random_moments(world: World, kind: str) -> None:
    for number in range(1, KILLS + 1):
        let_pass(random.uniform(0.5, 6.0))
        tell(f"kill {number} of {KILLS}: {kind}")
        world.keeper.kill(kind)


def test_twenty_kills_of_each_kind_of_process_at_random_moments_lose_nothing(world: World) -> None:
    with world.load(SECONDS).running(orders=2000) as load:
        eventually(lambda: load.accepted, 120, "the first order")
        with ThreadPoolExecutor(len(KINDS)) as pool:
            list(pool.map(partial(kill_at_random_moments, world), KINDS))
    world.assert_nothing_is_lost(load)
