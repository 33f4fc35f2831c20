"""What the relay keeps: a row leaves the outbox when the broker has the message, and not before."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import pytest

from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime.clock import new_id
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually as eventually_within

pytestmark = pytest.mark.usefixtures("servers")

T = TypeVar("T")
LIMIT_SECONDS = 90  # the machine may be busy with much else

LISTENING = """
from tenantlink_runtime import work
work.prepare()
import sys, eventlet, sqlalchemy as sa
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.database import connect
from tenantlink_runtime.listening import listen
from tenantlink_runtime.signals import Stop
from tenantlink_runtime.unit_of_work import Transactions
from tests.support.events import a_fact
from tests.support.sample_service import Tally

engine, stop = connect(sys.argv[1]), Stop()
tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)
page = Transactions(engine, "sample", tallies)
def record():
    with page.begin() as uow:
        uow.record(new_id(), a_fact(ServiceCreated))
def woken(who):
    print("woken for", who.name)
    stop.set()
listener = eventlet.spawn(listen, engine, woken, stop)
while not stop.requested:
    record()
    eventlet.sleep(0.05)
listener.wait()
"""


def facts(number: int) -> list[Event[ServiceCreated]]:
    return [an_event(ServiceCreated, subject=new_id()) for _ in range(number)]


def ids(events: list[Event[ServiceCreated]]) -> list[str]:
    return [str(event.id) for event in events]


def published(sample: Sample) -> list[str]:
    return [message.headers["ce-id"] for message in sample.all_published()]


def test_what_the_outbox_holds_is_published_in_order_and_once(sample: Sample) -> None:
    events = facts(450)
    sample.record_in_outbox(*events)
    with sample.running():
        eventually(lambda: sample.outbox_size() == 0)
    assert published(sample) == ids(events)


def test_a_returned_message_is_not_sent_and_holds_up_nobody(sample: Sample) -> None:
    unheard, heard = facts(450), facts(3)
    sample.record_in_outbox(*unheard, exchange="sample.nowhere")
    sample.record_in_outbox(*heard)
    with sample.running() as process:
        eventually(lambda: sample.outbox_size() == len(unheard))
        assert published(sample) == ids(heard)
        assert process.metric("tenantlink_events_unrouted_total") >= len(unheard)
        sample.bind_nowhere()
        eventually(lambda: sample.outbox_size() == 0)
    assert sorted(published(sample)) == sorted(ids(unheard))


def test_a_nacked_message_is_not_sent(sample: Sample) -> None:
    sample.let_nowhere_hold(1)
    events = facts(3)
    sample.record_in_outbox(*events, exchange="sample.nowhere")
    with sample.running() as process:
        eventually(lambda: process.metric("tenantlink_events_unrouted_total") > 0)
        taken: set[str] = set()

        def all_came() -> bool:
            taken.update(sample.taken_from_full())
            return sample.outbox_size() == 0

        eventually(all_came)
        taken.update(sample.taken_from_full())
    assert taken == set(ids(events))


def test_a_broker_that_confirms_nothing_is_left_and_the_message_sent_again(
    sample: Sample,
) -> None:
    with sample.running() as process:
        eventually(process.is_consuming)
        eventually(lambda: process.metric('tenantlink_broker_connected{part="relay"}') == 1)
        sample.proxy.freeze()
        (event,) = facts(1)
        sample.record_in_outbox(event)
        eventually(lambda: "no confirms in time" in process.log())
        assert sample.outbox_size() == 1
        sample.proxy.come_back()
        eventually(lambda: sample.outbox_size() == 0)
    assert set(published(sample)) == {str(event.id)}


def test_a_page_that_records_an_event_wakes_the_relay(sample: Sample) -> None:
    heard = subprocess.run(
        [sys.executable, "-c", LISTENING, sample.database_url],
        cwd=Path(__file__).parents[4],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert heard.stdout == "woken for RELAY\n", heard.stderr


def eventually(look: Callable[[], T], what: str = "the condition") -> T:
    return eventually_within(look, LIMIT_SECONDS, what)
