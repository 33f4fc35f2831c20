"""What is away for everybody is not asked by everybody; one's own trouble keeps nobody waiting."""

from dataclasses import dataclass, field
from uuid import UUID

import eventlet
import pytest

from credential_validator.adapters.breaker import (
    FAILURES,
    LONGEST_SECONDS,
    PROBE_SECONDS,
    SECONDS,
    Breaker,
)
from credential_validator.app.ports import Accepted, Refused
from credential_validator.domain import problems

GOOD = Accepted("token", ())
AWAY = Refused(problems.MICROSOFT_UNREACHABLE.problem(), is_outage=True)
THROTTLED = Refused(problems.MICROSOFT_BUSY.problem(), 60.0)
WRONG = Refused(problems.SECRET_WRONG.problem())


@dataclass
class Host:
    """Microsoft behind a breaker, with a clock that a test moves."""

    seconds: float = 0.0
    asked: int = 0
    breaker: Breaker = field(init=False)

    def __post_init__(self) -> None:
        self.breaker = Breaker("test", lambda: self.seconds)

    def answers(self, answer: Accepted | Refused, client: int = 1) -> Accepted | Refused:
        def question() -> Accepted | Refused:
            self.asked += 1
            return answer

        return self.breaker.ask(UUID(int=client), question)

    def is_asked(self, answer: Accepted | Refused = GOOD, client: int = 1) -> bool:
        before = self.asked
        self.answers(answer, client)
        return self.asked > before


def an_open_one() -> Host:
    host = Host()
    for number in range(FAILURES):
        host.answers(AWAY, client=number)
    return host


def test_answers_come_through() -> None:
    host = Host()
    assert host.answers(GOOD) is GOOD
    assert host.answers(WRONG) is WRONG


def test_after_several_failures_nobody_is_asked_and_all_are_told_when_to_try() -> None:
    host = an_open_one()
    answer = host.answers(GOOD, client=99)
    assert host.asked == FAILURES
    assert isinstance(answer, Refused)
    assert answer.problem.passing
    assert answer.retry_after is not None
    assert SECONDS <= answer.retry_after <= SECONDS * 1.2


def test_failures_of_one_registration_alone_keep_nobody_waiting() -> None:
    host = Host()
    for _ in range(3 * FAILURES):
        host.answers(AWAY, client=1)
    assert host.is_asked(client=2)


@pytest.mark.parametrize("answer", [GOOD, WRONG, THROTTLED])
def test_failures_with_any_answer_between_them_do_not_add_up(answer: Accepted | Refused) -> None:
    host = Host()
    for number in range(FAILURES - 1):
        host.answers(AWAY, client=number)
    host.answers(answer)
    for number in range(FAILURES - 1):
        host.answers(AWAY, client=number)
    assert host.is_asked()


def test_after_the_pause_a_single_probe_goes_out_and_its_answer_closes_the_breaker() -> None:
    host = an_open_one()
    host.seconds = SECONDS
    inside: list[bool] = []

    def probe() -> Accepted:
        inside.append(host.is_asked(client=3))
        return GOOD

    assert host.breaker.ask(UUID(int=1), probe) is GOOD
    assert inside == [False]
    assert host.is_asked(client=3)


def test_a_probe_that_fails_begins_a_longer_pause_up_to_a_limit() -> None:
    host = an_open_one()
    host.seconds = SECONDS
    assert host.is_asked(AWAY)
    host.seconds += SECONDS
    assert not host.is_asked()
    host.seconds += SECONDS
    for _ in range(9):
        assert host.is_asked(AWAY)
        host.seconds += LONGEST_SECONDS
    assert host.is_asked()


def test_a_question_that_ends_in_a_time_out_from_outside_is_a_failure() -> None:
    host = Host()

    def endless() -> Accepted:
        raise eventlet.Timeout

    for number in range(FAILURES):
        with pytest.raises(eventlet.Timeout):
            host.breaker.ask(UUID(int=number), endless)
    assert not host.is_asked()


def test_a_probe_that_never_comes_back_is_forgotten() -> None:
    host = an_open_one()
    host.seconds = SECONDS
    assert host.breaker._to_wait() is None
    assert host.breaker._to_wait() is not None
    host.seconds += PROBE_SECONDS
    assert host.breaker._to_wait() is None
