"""The benchmark's contenders do their work, and its checker sees what is wrong. No time is held."""

from collections.abc import Iterator

import amqp
import kombu
import pytest
import sqlalchemy as sa

from tests.benchmarks import checker
from tests.benchmarks.checker import ANSWERS
from tests.benchmarks.contestants import FLOOR, OURS, Contender
from tests.benchmarks.running import run
from tests.benchmarks.surroundings import Broker, Surroundings
from tests.support.servers import TestServers

EVENTS = 400
SENT_TWICE = 1


@pytest.fixture
def broker(servers: TestServers) -> Iterator[Broker]:
    broker = Broker(servers.amqp_url)
    broker.purge(ANSWERS)
    yield broker
    broker.purge(ANSWERS)
    broker.close()


@pytest.fixture
def surroundings(servers: TestServers) -> Iterator[Surroundings]:
    surroundings = Surroundings(servers)
    yield surroundings
    surroundings.close()


@pytest.mark.parametrize("contender", [OURS, FLOOR], ids=lambda each: each.name)
def test_a_contender_handles_every_event_once_although_some_are_sent_twice(
    contender: Contender, surroundings: Surroundings, broker: Broker
) -> None:
    assert len(surroundings.load(EVENTS).messages) == EVENTS + SENT_TWICE
    findings = run(surroundings, broker, contender, EVENTS).findings
    assert findings.faults() == []
    assert (findings.effects, findings.answers) == (EVENTS, EVENTS)


def test_the_checker_sees_what_was_lost_doubled_left_and_sent_transiently(
    servers: TestServers, surroundings: Surroundings, broker: Broker
) -> None:
    load = surroundings.load(3)
    with surroundings.database(load.template) as url:
        _handle_one_twice_and_one_once(url)
        subject = load.messages[0].headers["ce-subject"]
        _answer(servers.amqp_url, subject, delivery_mode=1)
        broker.fill("onboarding.inbox", load.messages[:1])
        findings = checker.check(url, broker, "onboarding.inbox", 3)
        broker.purge("onboarding.inbox")
    assert findings.faults() == [
        "1 effects lost",
        "1 effects doubled",
        "2 answers lost",
        "1 answers that are not persistent",
        "1 messages unread",
    ]


def _handle_one_twice_and_one_once(url: str) -> None:
    """As a consumer without an inbox would leave it."""
    change = sa.text("""
        UPDATE onboardings SET state = jsonb_set(state, '{asked_round}', to_jsonb(number + 1))
        FROM (SELECT id AS changed, row_number() OVER (ORDER BY id) AS number
              FROM onboardings LIMIT 2) AS numbered
        WHERE id = changed""")
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        connection.execute(change)
    engine.dispose()


def _answer(url: str, subject: str, delivery_mode: int) -> None:
    headers = {"ce-subject": subject}
    with kombu.Connection(url) as connection, connection.channel() as channel:
        channel.confirm_select()
        message = amqp.Message(b"{}", delivery_mode=delivery_mode, application_headers=headers)
        channel.basic_publish_confirm(message, "", ANSWERS)
