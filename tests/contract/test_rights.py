"""Who may do what on the broker: every right held against every name there is, and the docs."""

import re
from pathlib import Path

import pytest

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import FACTS
from tenantlink_runtime import topology
from tenantlink_runtime.topology import InvalidSystemName

ROOT = Path(__file__).parents[2]
SYSTEMS = ("crm", "crm-2", "orders")
# Once more by hand, so that a change of the code is seen to be one.
WRITES = {
    "onboarding": {"onboarding.events", "upstream.answers"},
    "invitation": {"invitation.events"},
    "credential-validator": {"credential-validator.events"},
    "notifier": {"notifier.events"},
    **{each: {"upstream.events"} for each in SYSTEMS},
}
READS = {
    "onboarding": {"onboarding.inbox", "onboarding.intake"},
    "invitation": {"invitation.inbox"},
    "credential-validator": {"credential-validator.inbox"},
    "notifier": {"notifier.inbox"},
    "crm": {"upstream.crm.answers"},
    "crm-2": {"upstream.crm-2.answers"},
    "orders": {"upstream.orders.answers"},
}
# The broker's own exchanges ("" is asked for as amq.default), and what only looks like ours.
FOREIGN = {"amq.default", "amq.topic", "amq.direct", "amq.fanout", "amq.headers", "amq.match", ""}
RIGHTS = {each.user: each for each in topology.rights(SYSTEMS)}
KNOWN_TO_3_10 = {
    "x-queue-type",
    "x-delivery-limit",
    "x-dead-letter-exchange",
    "x-dead-letter-routing-key",
    "x-max-length",
    "x-overflow",
}


def all_names() -> set[str]:
    declared = topology.declared(SYSTEMS)
    ours = {each.name for each in (*declared.exchanges, *declared.queues)}
    alike = {each.replace(".", "x") for each in ours}
    return ours | alike | {f"x{each}" for each in ours} | {f"{each}.x" for each in ours} | FOREIGN


def allowed(pattern: str) -> set[str]:
    """As RabbitMQ does: an unanchored search."""
    return {each for each in all_names() if re.search(pattern, each)}


def test_every_service_and_every_system_has_a_user_and_nobody_else() -> None:
    assert [*RIGHTS] == [*names.SERVICES, *SYSTEMS]


@pytest.mark.parametrize("user", RIGHTS)
def test_nobody_may_configure_write_or_read_what_is_not_theirs(user: str) -> None:
    assert allowed(RIGHTS[user].configure) == {""}  # no name of anything that can exist
    assert allowed(RIGHTS[user].write) == WRITES[user]
    assert allowed(RIGHTS[user].read) == READS[user]


@pytest.mark.parametrize("system", SYSTEMS)
def test_a_system_speaks_only_of_what_the_intake_is_bound_to(system: str) -> None:
    (topic,) = RIGHTS[system].topics
    intake = {
        each.routing_key
        for each in topology.declared().bindings
        if each.queue == topology.INTAKE_QUEUE
    }
    spoken = {fact.event_name() for fact in FACTS.values()} | intake | {"#", "*", ""}
    assert topic.exchange == "upstream.events"
    assert {each for each in spoken if re.search(topic.write, each)} == intake


@pytest.mark.parametrize("service", names.SERVICES)
def test_a_service_is_not_narrowed_by_topic(service: str) -> None:
    assert RIGHTS[service].topics == ()


def test_whoever_publishes_a_fact_may_write_to_the_exchange_that_it_is_bound_from() -> None:
    for fact in FACTS.values():
        for publisher in set(fact.publishers) & set(names.SERVICES):
            assert names.exchange(publisher) in WRITES[publisher]


def test_what_nobody_reads_goes_aside_on_every_exchange() -> None:
    (policy,) = topology.policies()
    assert policy["definition"] == {"alternate-exchange": "unrouted"}
    ours = {each.name for each in topology.declared().exchanges} - {"unrouted"}
    assert {each for each in ours if re.search(policy["pattern"], each)} == ours
    assert not re.search(policy["pattern"], "unrouted")


def test_every_name_that_is_referred_to_is_declared() -> None:
    declared = topology.declared(SYSTEMS)
    exchanges = {each.name for each in declared.exchanges}
    queues = {each.name for each in declared.queues}
    for binding in declared.bindings:
        assert binding.exchange in exchanges
        assert binding.queue in queues
    for queue in declared.queues:
        exchange = queue.arguments.get("x-dead-letter-exchange")
        assert exchange in exchanges | {"", None}
        if exchange == "":
            assert queue.arguments["x-dead-letter-routing-key"] in queues


def test_every_queue_is_a_quorum_queue_with_a_limit_in_words_that_every_broker_knows() -> None:
    for queue in topology.declared(SYSTEMS).queues:
        assert queue.arguments["x-queue-type"] == "quorum"
        assert queue.arguments["x-delivery-limit"]
        assert queue.arguments.keys() <= KNOWN_TO_3_10


def test_the_intake_is_bounded_and_refuses_what_is_over_its_limit() -> None:
    (intake,) = (q for q in topology.declared().queues if q.name == "onboarding.intake")
    assert intake.arguments["x-max-length"] == topology.INTAKE_LIMIT
    assert intake.arguments["x-overflow"] == "reject-publish"
    assert intake.arguments["x-dead-letter-routing-key"] == "onboarding.dead-letters"


def test_systems_named_in_another_order_or_twice_are_the_same_declaration() -> None:
    assert topology.declared(["b", "a", "b"]) == topology.declared(["a", "b"])


@pytest.mark.parametrize("name", ["onboarding", "Crm", "a b", "a.b", "a|b", "a\n", ""])
def test_a_name_that_would_reach_further_than_its_own_is_refused(name: str) -> None:
    with pytest.raises(InvalidSystemName):
        topology.rights([name])


def test_a_service_that_lacks_its_queue_can_say_what_to_run() -> None:
    assert "tenantlink topology apply" in topology.not_applied("onboarding.inbox")


def test_the_documented_table_of_rights_is_the_one_in_the_code() -> None:
    text = (ROOT / "docs" / "events.md").read_text()
    wanted = [row(each, each.user) for each in topology.rights()]
    (system,) = topology.rights(["crm"])[len(names.SERVICES) :]
    wanted.append(row(system, "upstream system `crm`"))
    assert [line for line in text.splitlines() if "`^$`" in line] == wanted


def row(each: topology.Rights, who: str) -> str:
    """Bars are escaped, since they part a table's cells."""
    topics = " ".join(f"`{topic.exchange}`: `{topic.write}`" for topic in each.topics) or "any"
    cells = (who, f"`{each.configure}`", f"`{each.write}`", f"`{each.read}`", topics)
    return "| " + " | ".join(cell.replace("|", r"\|") for cell in cells) + " |"
