"""The flow of events by itself, without broker and process: a test says what a batch is."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa

from tenantlink_contracts.event import Event
from tenantlink_contracts.onboarding import OnboardingCancelled, ServiceCreated
from tenantlink_runtime.aggregates import StoredAggregates, aggregate_table
from tenantlink_runtime.decision import Decision, Refusal
from tenantlink_runtime.flow import EventFlow
from tenantlink_runtime.unit_of_work import Transactions
from tests.support.sample import Sample
from tests.support.sample_service import NAME, Tally


def counted(tally: Tally, event: Event[ServiceCreated], _now: datetime) -> Any:
    """`boom` is a bug, `never` is refused, everything else counts."""
    if event.data.short_name == "boom":
        raise RuntimeError("a bug in a handler")
    if event.data.short_name == "never":
        return Refusal("it can never be handled")
    heard = OnboardingCancelled(reference=event.data.reference, reason="heard")
    return Decision(replace(tally, count=tally.count + 1), events=(heard,))


@pytest.fixture
def flow(sample: Sample) -> EventFlow[Tally]:
    """On the sample's database."""
    tallies = StoredAggregates(aggregate_table("tallies", sa.MetaData()), Tally, Tally)
    transactions = Transactions(sample.engine, NAME, tallies, wake=lambda _who: None)
    return EventFlow(transactions, {ServiceCreated: counted})


@pytest.fixture
def statements(sample: Sample) -> Iterator[Callable[[], list[str]]]:
    """What was sent to the database since it was asked before."""
    sent: list[str] = []

    def note(_c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        sent.append(statement.strip())

    def taken() -> list[str]:
        seen = list(sent)
        sent.clear()
        return seen

    sa.event.listen(sample.engine, "before_cursor_execute", note)
    yield taken
    sa.event.remove(sample.engine, "before_cursor_execute", note)
