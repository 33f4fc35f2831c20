"""A real `work` process on a real broker and a real database: nothing is lost, nothing doubled."""

import json
from collections.abc import Callable

import pytest

from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime.clock import new_id
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually

pytestmark = pytest.mark.usefixtures("servers")


def test_an_event_has_its_effect_and_what_follows_is_published(sample: Sample) -> None:
    event = an_event(ServiceCreated, subject=new_id())
    with sample.running():
        sample.publish(event)
        eventually(lambda: sample.count(event.subject) == 1)
        heard = eventually(sample.next_published)
    assert heard.headers["ce-type"] == "tenantlink.OnboardingCancelled.v1"
    assert heard.headers["ce-causationid"] == str(event.id)
    assert heard.headers["ce-subject"] == str(event.subject)
    assert json.loads(heard.body)["reason"] == "heard"


def test_the_same_event_delivered_three_times_has_one_effect(sample: Sample) -> None:
    event, last = an_event(ServiceCreated, subject=new_id()), an_event(ServiceCreated)
    with sample.running():
        for each in (event, event, event, last):
            sample.publish(each)
        eventually(lambda: sample.count(last.subject) == 1)
    assert sample.count(event.subject) == 1


def test_an_exception_in_a_handler_loses_nothing_and_hurts_nobody_else(sample: Sample) -> None:
    good = [an_event(ServiceCreated, subject=new_id()) for _ in range(6)]
    bad = an_event(ServiceCreated, subject=new_id(), short_name="boom")
    for each in [*good[:3], bad, *good[3:]]:
        sample.publish(each)
    with sample.running():
        eventually(lambda: all(sample.count(each.subject) == 1 for each in good))
        parked = eventually(sample.parked)
        assert [(row.status, row.attempts) for row in parked] == [("parked", 1)]
        assert "a bug in a handler" in parked[0].reason
        sample.mend()
        eventually(lambda: sample.count(bad.subject) == 1)
        eventually(lambda: not sample.parked())


def test_a_message_that_cannot_be_read_is_parked_as_dead_and_the_queue_goes_on(
    sample: Sample,
) -> None:
    event = an_event(ServiceCreated, subject=new_id())
    sample.publish_bytes(b"\x00 not json", content_type="application/json")
    sample.publish_bytes(b"\x80\x04", content_type="application/x-python-serialize")
    sample.publish(event)
    with sample.running():
        eventually(lambda: sample.count(event.subject) == 1)
        assert [row.status for row in sample.parked()] == ["dead", "dead"]
        eventually(lambda: sample.waiting_messages() == 0)
    assert "python-serialize" in sample.parked()[1].reason


def test_an_event_recorded_while_the_broker_is_down_arrives_when_it_is_back(
    sample: Sample,
) -> None:
    with sample.running() as process:
        eventually(process.is_consuming)
        sample.proxy.go_away()
        sample.record_in_outbox(an_event(ServiceCreated, subject=new_id()))
        assert sample.next_published() is None
        sample.proxy.come_back()
        assert eventually(sample.next_published, 30)
        eventually(lambda: sample.outbox_size() == 0)


def test_events_published_while_no_process_runs_wait_for_it(sample: Sample) -> None:
    events = [an_event(ServiceCreated, subject=new_id()) for _ in range(120)]
    for event in events:
        sample.publish(event)
    with sample.running():
        all_counted: Callable[[], bool] = lambda: sample.total() == len(events)  # noqa: E731
        eventually(all_counted)
        eventually(lambda: sample.waiting_messages() == 0)
