"""The published states are those of the code, and all of them can be reached and left."""

from onboarding.domain.states import OVER, State
from tests.unit.onboarding.states_document import PATH, document, edges


def test_the_published_states_are_those_of_the_code() -> None:
    assert PATH.read_text() == document()


def test_every_state_can_be_reached_from_another_one() -> None:
    reached = {after for _, after in edges()} | {State.REQUESTED, State.AWAITING_CREDENTIALS}
    assert set(State) - reached == {State.CANCELLED}


def test_every_state_leads_on() -> None:
    assert {before for before, _ in edges()} == set(State) - OVER
