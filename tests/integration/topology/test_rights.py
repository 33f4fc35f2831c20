"""Each user of the broker, with its real password: what is not theirs is refused."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import amqp
import kombu
import pytest

from tenantlink_contracts import names
from tenantlink_local.messaging import UPSTREAM_SYSTEMS
from tenantlink_runtime import topology
from tests.support.servers import TestServers
from tests.support.waiting import eventually

USERS = (*names.SERVICES, *UPSTREAM_SYSTEMS)
EVERYTHING = topology.declared(UPSTREAM_SYSTEMS)
EXCHANGES = (*(each.name for each in EVERYTHING.exchanges), "", "amq.topic")
QUEUES = tuple(each.name for each in EVERYTHING.queues)
Act = Callable[[amqp.Channel], Any]


def writes_of(user: str) -> set[str]:
    """Written down once more, by hand, since this is what must hold."""
    if user in UPSTREAM_SYSTEMS:
        return {"upstream.events"}
    return {f"{user}.events"} | ({"upstream.answers"} if user == "onboarding" else set())


def reads_of(user: str) -> set[str]:
    if user in UPSTREAM_SYSTEMS:
        return {f"upstream.{user}.answers"}
    return {f"{user}.inbox"} | ({"onboarding.intake"} if user == "onboarding" else set())


@contextmanager
def connected(servers: TestServers, user: str) -> Iterator[amqp.Connection]:
    """With confirms, so that every refusal is seen."""
    urls = {**servers.service_amqp_urls, **servers.upstream_amqp_urls, "admin": servers.amqp_url}
    options = {"confirm_publish": True}
    with kombu.Connection(urls[user], transport_options=options) as connection:
        yield connection.default_channel.connection


def is_refused(connection: amqp.Connection, act: Act) -> bool:
    """A refusal closes the channel, so each try has its own."""
    channel = connection.channel()
    try:
        act(channel)
    except amqp.exceptions.AccessRefused:
        return True
    channel.close()
    return False


def publishing(exchange: str, routing_key: str, **properties: Any) -> Act:
    message = amqp.Message("{}", content_type="application/json", **properties)
    return lambda channel: channel.basic_publish_confirm(message, exchange, routing_key)


def getting(queue: str) -> Act:
    return lambda channel: channel.basic_get(queue)


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_publish_to_its_own_exchanges_and_to_no_other(
    servers: TestServers, user: str
) -> None:
    with connected(servers, user) as connection:
        refused = {
            each
            for each in EXCHANGES
            if is_refused(connection, publishing(each, "ServiceProvisioned"))
        }
    empty(servers, topology.INTAKE_QUEUE, topology.UNROUTED)
    assert set(EXCHANGES) - refused == writes_of(user)


@pytest.mark.parametrize("user", USERS)
def test_a_user_may_read_its_own_queues_and_no_other(servers: TestServers, user: str) -> None:
    with connected(servers, user) as connection:
        refused = {each for each in QUEUES if is_refused(connection, getting(each))}
    assert set(QUEUES) - refused == reads_of(user)


@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize(
    "act",
    [
        lambda c: c.queue_declare("of-my-own", durable=True, auto_delete=False),
        lambda c: c.exchange_declare("of-my-own", "topic", durable=True, auto_delete=False),
        lambda c: c.queue_declare("", exclusive=True),
        lambda c: c.queue_delete("notifier.inbox"),
        lambda c: c.exchange_delete("notifier.events"),
        lambda c: c.queue_bind("notifier.inbox", "notifier.events", "#"),
        lambda c: c.queue_unbind("notifier.inbox", "onboarding.events", "ServiceCreated"),
        lambda c: c.queue_purge("unrouted"),
    ],
    ids=[
        "declare a queue",
        "declare an exchange",
        "declare a queue for itself",
        "delete a queue",
        "delete an exchange",
        "bind",
        "unbind",
        "purge",
    ],
)
def test_nobody_may_change_what_stands_on_the_broker(
    servers: TestServers, user: str, act: Act
) -> None:
    with connected(servers, user) as connection:
        assert is_refused(connection, act)


@pytest.mark.parametrize("system", UPSTREAM_SYSTEMS)
def test_an_upstream_system_speaks_in_its_own_name_only(servers: TestServers, system: str) -> None:
    with connected(servers, system) as connection:
        own = publishing("upstream.events", "ServiceRequested", user_id=system)
        own(connection.channel())
        for other in ("onboarding", "admin", *(set(UPSTREAM_SYSTEMS) - {system})):
            forged = publishing("upstream.events", "ServiceRequested", user_id=other)
            with pytest.raises(amqp.exceptions.PreconditionFailed, match="user_id"):
                forged(connection.channel())
    message = take(servers, topology.INTAKE_QUEUE)
    assert message.properties["user_id"] == system
    assert is_empty(servers, topology.INTAKE_QUEUE)


@pytest.mark.parametrize("event", ["ServiceCreated", "ServiceRequestd", "anything"])
def test_an_upstream_system_may_not_speak_of_what_is_not_for_it_to_say(
    servers: TestServers, event: str
) -> None:
    with connected(servers, "crm") as connection:
        assert is_refused(connection, publishing("upstream.events", event, user_id="crm"))


def test_over_its_limit_the_intake_refuses_and_takes_again_when_it_was_read(
    servers: TestServers,
) -> None:
    say = publishing("upstream.events", "ServiceRequested", user_id="crm")
    with connected(servers, "crm") as connection:
        unconfirmed = connection.channel()
        message = amqp.Message("{}", user_id="crm")
        for _ in range(topology.INTAKE_LIMIT):
            unconfirmed.basic_publish(message, "upstream.events", "ServiceRequested")
        channel = connection.channel()
        eventually(lambda: is_nacked(say, channel), seconds=60, what="a refusal")
        empty(servers, topology.INTAKE_QUEUE)
        eventually(lambda: not is_nacked(say, channel), what="a queue that takes again")
    empty(servers, topology.INTAKE_QUEUE)


def test_an_answer_reaches_its_system_alone_and_one_to_nobody_is_kept(servers: TestServers) -> None:
    with connected(servers, "onboarding") as connection:
        channel = connection.channel()
        publishing("upstream.answers", "crm")(channel)
        publishing("upstream.answers", "closed-long-ago")(channel)
    assert take(servers, "upstream.crm.answers", "crm").delivery_info["routing_key"] == "crm"
    assert is_empty(servers, "upstream.orders.answers")
    kept = take(servers, topology.UNROUTED)
    assert kept.delivery_info["routing_key"] == "closed-long-ago"


def test_an_answer_that_its_system_rejects_is_kept(servers: TestServers) -> None:
    with connected(servers, "onboarding") as connection:
        publishing("upstream.answers", "crm")(connection.channel())
    with connected(servers, "crm") as connection:
        channel = connection.channel()
        answer = eventually(lambda: channel.basic_get("upstream.crm.answers"))
        channel.basic_reject(answer.delivery_tag, requeue=False)
        channel.close()
    assert take(servers, topology.UNROUTED).headers["x-first-death-reason"] == "rejected"


def is_nacked(act: Act, channel: amqp.Channel) -> bool:
    try:
        act(channel)
    except amqp.exceptions.MessageNacked:
        return True
    return False


def take(servers: TestServers, queue: str, user: str = "admin") -> Any:
    """The next message, acked; quorum queues need a moment."""
    with connected(servers, user) as connection:
        channel = connection.channel()
        return eventually(lambda: channel.basic_get(queue, no_ack=True), what=f"one in {queue}")


def is_empty(servers: TestServers, queue: str) -> bool:
    with connected(servers, "admin") as connection:
        return connection.channel().basic_get(queue, no_ack=True) is None


def empty(servers: TestServers, *queues: str) -> None:
    """Of what is ready; the session's other tests use the same queues."""
    with connected(servers, "admin") as connection:
        channel = connection.channel()
        for queue in queues:
            channel.queue_purge(queue)
