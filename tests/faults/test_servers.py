"""Broker and database die, freeze, run out of memory and go away, while people go on."""

import signal
from contextlib import ExitStack

import pytest

from tests.faults.conftest import World
from tests.faults.load import Load
from tests.faults.servers import (
    database_away,
    frozen_broker,
    kill_broker,
    let_pass,
    memory_alarm,
)
from tests.support.waiting import eventually

ORDERS = 2000
SECONDS = 400.0
LIMIT = 240.0


@pytest.fixture(autouse=True)
def _leases_lapse_in_their_time(world: World) -> None:
    world.keeper.skip_leases = False


def await_orders(load: Load, more: int = 3) -> None:
    """The system works again: orders reach their goal."""
    before = load.ended
    eventually(lambda: load.ended >= before + more, LIMIT, f"{more} more orders at their goal")


def test_a_broker_killed_three_times_loses_nothing(world: World) -> None:
    with world.load(SECONDS).running(ORDERS) as load:
        for _ in range(3):
            await_orders(load)
            kill_broker(world.keeper)
        await_orders(load)
    world.assert_nothing_is_lost(load)


def test_orders_are_accepted_while_the_broker_is_frozen_and_none_is_lost(world: World) -> None:
    late = world.load(SECONDS)
    with ExitStack() as people:
        load = people.enter_context(world.load(SECONDS).running(ORDERS))
        await_orders(load)
        with frozen_broker(world.keeper):
            people.enter_context(late.running(orders=3, at_once=3))
            eventually(lambda: late.accepted, LIMIT, "an order accepted meanwhile")
            let_pass(30)
        await_orders(load)
    world.assert_nothing_is_lost(load)
    world.assert_nothing_is_lost(late)


def test_orders_wait_for_a_broker_without_memory_and_none_is_lost(world: World) -> None:
    late = world.load(SECONDS)
    with ExitStack() as people:
        load = people.enter_context(world.load(SECONDS).running(ORDERS))
        await_orders(load)
        with memory_alarm(world.keeper):
            people.enter_context(late.running(orders=3, at_once=3))
            eventually(lambda: late.accepted, LIMIT, "an order accepted meanwhile")
            let_pass(20)
            assert world.faces.look().waiting["onboarding, unsent"] > 0
        await_orders(load)
    world.assert_nothing_is_lost(load)
    world.assert_nothing_is_lost(late)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGQUIT])
def test_a_database_that_restarts_loses_nothing(world: World, number: int) -> None:
    with world.load(SECONDS).running(ORDERS) as load:
        await_orders(load)
        with database_away(world.keeper, number):
            let_pass(1)
        await_orders(load)
    world.assert_nothing_is_lost(load)


def test_a_database_that_is_away_for_a_minute_loses_nothing(world: World) -> None:
    with world.load(SECONDS).running(ORDERS) as load:
        await_orders(load)
        with database_away(world.keeper):
            let_pass(60)
        await_orders(load)
    world.assert_nothing_is_lost(load)
