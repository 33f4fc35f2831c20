"""What a consumer of events keeps: nothing is acked that has no effect, whatever breaks."""

from collections.abc import Callable
from typing import TypeVar

import pytest

from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime.clock import new_id
from tests.support.events import an_event
from tests.support.sample import Sample, SampleProcess
from tests.support.waiting import eventually as eventually_within

pytestmark = pytest.mark.usefixtures("servers")

T = TypeVar("T")
LIMIT_SECONDS = 90  # the machine may be busy with much else


def orders(number: int) -> list[Event[ServiceCreated]]:
    return [an_event(ServiceCreated, subject=new_id()) for _ in range(number)]


def test_nothing_is_acked_without_its_commit(sample: Sample) -> None:
    events = orders(10)
    with sample.running() as process:
        eventually(process.is_consuming)
        sample.database_proxy.go_away()
        sample.publish(*events)
        eventually(lambda: '"part": "consumer", "error"' in process.log(), "a failed batch")
        process.kill()
    assert sample.total() == 0
    eventually(lambda: sample.waiting_messages() == len(events), "everything given back")
    sample.database_proxy.come_back()
    with sample.running():
        eventually(lambda: sample.total() == len(events))
        eventually(lambda: sample.waiting_messages() == 0)
    assert not sample.parked(), "an absent database is nobody's fault and counts as no try"


def test_a_lost_connection_is_made_again_and_what_was_on_its_way_comes_once(
    sample: Sample,
) -> None:
    with sample.running() as process:
        eventually(process.is_consuming)
        sample.proxy.go_away()
        eventually(process.misses_the_broker)
        events = orders(20)
        sample.publish(*events)
        sample.proxy.come_back()
        eventually(lambda: sample.total() == len(events))
    assert [sample.count(event.subject) for event in events] == [1] * len(events)


def test_order_is_kept_where_nothing_fails(sample: Sample) -> None:
    events = orders(300)
    with sample.running() as process:
        eventually(process.is_consuming)
        sample.publish(*events)
        eventually(lambda: sample.total() == len(events))
        eventually(lambda: sample.outbox_size() == 0)
    causes = [message.headers["ce-causationid"] for message in sample.all_published()]
    assert causes == [str(event.id) for event in events]


def test_replicas_share_the_queue_and_the_outbox(sample: Sample) -> None:
    events, recorded = orders(600), orders(400)
    with sample.running(1) as one, sample.running(2) as two:
        eventually(lambda: one.is_consuming() and two.is_consuming())
        sample.record_in_outbox(*recorded)
        sample.publish(*events)
        eventually(lambda: sample.total() == len(events))
        eventually(lambda: sample.outbox_size() == 0)
        assert sorted([handled(one) > 0, handled(two) > 0]) == [True, True]
        assert handled(one) + handled(two) == len(events), "no delivery was handled twice"
    assert [sample.count(event.subject) for event in events] == [1] * len(events)
    published = [message.headers["ce-id"] for message in sample.all_published()]
    assert len(published) == len(set(published)) == len(events) + len(recorded)


def handled(process: SampleProcess) -> float:
    name = 'tenantlink_events_handled_total{event="ServiceCreated",outcome="%s"}'
    return sum(process.metric(name % outcome) for outcome in ("applied", "duplicate"))


def eventually(look: Callable[[], T], what: str = "the condition") -> T:
    return eventually_within(look, LIMIT_SECONDS, what)
