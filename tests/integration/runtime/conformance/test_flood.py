"""More events than a process can hold, while its connection to the broker is cut again and again.

A fifth of the flood in every run of the tests; all of it with TENANTLINK_FLOOD=5000.
"""

import os
import threading
import time

from tenantlink_contracts.onboarding import ServiceCreated
from tenantlink_runtime.clock import new_id
from tests.support.events import an_event
from tests.support.sample import Sample
from tests.support.waiting import eventually

FLOOD = int(os.environ.get("TENANTLINK_FLOOD", "1000"))
CUTS = FLOOD // 250
LIMIT_SECONDS = 90 * FLOOD / 1000


def test_a_connection_cut_again_and_again_during_a_flood_costs_nothing(sample: Sample) -> None:
    events = [an_event(ServiceCreated, subject=new_id()) for _ in range(FLOOD)]
    flood = threading.Thread(target=sample.publish, args=events)
    with sample.running() as process:
        eventually(process.is_consuming, LIMIT_SECONDS)
        flood.start()
        for cut in range(1, CUTS + 1):
            wait_for_effects(sample, cut * FLOOD // (CUTS + 1))
            sample.proxy.cut()
        flood.join()
        wait_for_effects(sample, FLOOD)
        eventually(lambda: sample.outbox_size() == 0, LIMIT_SECONDS)
        lost = process.metric('tenantlink_broker_connections_lost_total{part="consumer"}')
    assert lost >= CUTS // 2
    assert [sample.count(event.subject) for event in events] == [1] * FLOOD
    causes = {message.headers["ce-causationid"] for message in sample.all_published()}
    assert causes == {str(event.id) for event in events}


def wait_for_effects(sample: Sample, number: int) -> None:
    """What was given back three times is parked, and tried later; here it is due at once."""
    deadline = time.monotonic() + LIMIT_SECONDS
    while sample.total() < number:
        assert time.monotonic() < deadline, f"{sample.total()} of {number} effects"
        sample.let_parked_be_due()
        time.sleep(0.2)  # counting is work for the database, too
