"""A `work` process stops in time whatever its surroundings do, and starts before them."""

import signal

import pytest

from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime import tables
from tenantlink_runtime.clock import new_id
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually

LIMIT_SECONDS = 20
START_SECONDS = 60


@pytest.mark.parametrize("what", ["gone", "frozen"])
@pytest.mark.parametrize("side", ["broker", "database"])
def test_sigterm_ends_a_process_in_under_20_seconds_without_its_surroundings(
    sample: Sample, side: str, what: str
) -> None:
    proxy = sample.proxy if side == "broker" else sample.database_proxy
    with sample.running() as process:
        eventually(process.is_consuming)
        proxy.go_away() if what == "gone" else proxy.freeze()
        # Something to do, so that it is in the middle of it.
        sample.publish(an_event(ServiceCreated, subject=new_id()))
        if (side, what) == ("broker", "gone"):
            eventually(process.misses_the_broker)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LIMIT_SECONDS) == 0


@pytest.mark.parametrize("busy", [True, False])
def test_sigterm_ends_a_process_with_everything_up_and_loses_nothing(
    sample: Sample, busy: bool
) -> None:
    events = [an_event(ServiceCreated, subject=new_id()) for _ in range(300 * busy)]
    with sample.running() as process:
        eventually(process.is_consuming)
        for event in events:
            sample.publish(event)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=LIMIT_SECONDS) == 0
    with sample.running():
        eventually(lambda: sample.total() == len(events))


def test_a_process_waits_for_its_database_and_then_works(sample: Sample) -> None:
    event = an_event(ServiceCreated, subject=new_id())
    sample.database_proxy.go_away()
    sample.publish(event)
    with sample.running() as process:
        eventually(lambda: "database_away" in process.log())
        assert sample.count(event.subject) == 0
        sample.database_proxy.come_back()
        eventually(lambda: sample.count(event.subject) == 1)
    assert not sample.parked()


def test_a_process_waits_for_its_tables_and_then_works(sample: Sample) -> None:
    event = an_event(ServiceCreated, subject=new_id())
    tables.metadata.tables["jobs"].drop(sample.engine)
    sample.publish(event)
    with sample.running() as process:
        eventually(lambda: "database_without_tables" in process.log(), START_SECONDS)
        assert "run the command 'migrate'" in process.log()
        tables.metadata.create_all(sample.engine)
        eventually(lambda: sample.count(event.subject) == 1, START_SECONDS)


def test_a_process_ends_when_a_part_of_it_has_failed_for_good(sample: Sample) -> None:
    with sample.running() as process:
        eventually(process.is_consuming, START_SECONDS)
        tables.metadata.tables["outbox"].drop(sample.engine)
        assert process.wait(timeout=60) == 1
        assert "part_failed" in process.log()


def test_a_process_waits_for_its_broker_and_then_works(sample: Sample) -> None:
    event = an_event(ServiceCreated, subject=new_id())
    sample.publish(event)
    sample.proxy.go_away()
    with sample.running() as process:
        eventually(lambda: "broker_away" in process.log())
        sample.proxy.come_back()
        eventually(lambda: sample.count(event.subject) == 1)


def test_a_queue_that_is_missing_ends_the_process_and_says_what_to_run(sample: Sample) -> None:
    sample.remove_queue()
    with sample.running() as process:
        assert process.wait(timeout=40) == 1
        assert "tenantlink topology apply" in process.log()
        assert "no queue 'sample.inbox'" in process.log()


def test_a_place_to_crash_at_is_refused_in_production(sample: Sample) -> None:
    with sample.running(TENANTLINK_CRASH_AT="committed") as process:
        assert process.wait(timeout=20) != 0
        assert "TENANTLINK_CRASH_AT is set, which is for tests only" in process.log()


@pytest.mark.parametrize("place", ["decided", "committed", "confirmed"])
def test_a_kill_at_the_worst_moment_loses_nothing_and_doubles_nothing(
    sample: Sample, place: str
) -> None:
    events = [an_event(ServiceCreated, subject=new_id()) for _ in range(120)]
    for event in events:
        sample.publish(event)
    crash = {"TENANTLINK_CRASH_AT": f"{place}:2", "SAMPLE_ENVIRONMENT": "test"}
    with sample.running(**crash) as process:
        assert process.wait(timeout=30) == -signal.SIGKILL
    with sample.running():
        eventually(lambda: sample.total() == len(events))
        eventually(lambda: sample.outbox_size() == 0)
    assert [sample.count(event.subject) for event in events] == [1] * len(events)
    causes = []
    while (heard := sample.next_published()) is not None:
        causes.append(heard.headers["ce-causationid"])
    assert set(causes) == {str(event.id) for event in events}
