"""Histories as relays and replicas may deliver them: in any order, and more than once."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar

from hypothesis import strategies as st

from tenantlink_contracts.event import Event
from tenantlink_contracts.fact import Fact
from tenantlink_runtime.decision import Decision
from tests.support.events import NOW

A = TypeVar("A")
Handlers = Mapping[type[Fact], Callable[..., Any]]


@st.composite
def delivered(draw: st.DrawFn, history: Sequence[Any]) -> list[Any]:
    """The history permuted, with some of it doubled."""
    doubled = draw(st.lists(st.sampled_from(history), max_size=len(history))) if history else []
    return draw(st.permutations([*history, *doubled]))


def told(aggregate: A, history: Sequence[Event[Any]], handlers: Handlers, now: datetime = NOW) -> A:
    """The aggregate after a history; a refusal would be a bug of the test's history."""
    for event in history:
        answer = handlers[type(event.data)](aggregate, event, now)
        if not isinstance(answer, Decision):
            raise AssertionError(f"refused: {answer}")
        aggregate = answer.aggregate
    return aggregate
