"""`tenantlink topology apply` on a real broker: makes, repeats, mends, and tells what it cannot."""

import json
from collections.abc import Iterator
from pathlib import Path

import kombu
import pytest
import sqlalchemy as sa

from tests.support.broker import Vhost, run
from tests.support.servers import TestServers

CRM = ("--upstream", "crm")


@pytest.fixture
def applied(vhost: Vhost) -> Vhost:
    """With everything in place."""
    assert vhost.apply(*CRM).exit_code == 0
    return vhost


@pytest.fixture
def billing(vhost: Vhost) -> Iterator[str]:
    """A system that no other test knows; its user belongs to the whole broker."""
    yield "billing"
    if vhost.has("users/billing"):
        vhost.ask("DELETE", "users/billing")


def test_applying_makes_everything_and_applying_again_changes_nothing(
    vhost: Vhost, passwords: Path
) -> None:
    first = vhost.apply(*CRM, "--passwords", str(passwords))
    assert first.exit_code == 0, first.output
    for line in (
        f"created: virtual host {vhost.name}",
        "created: queue onboarding.intake",
        "created: exchange upstream.answers",
        "created: policy unrouted",
        "created: rights of crm",
        "created: topic rights of crm on upstream.events",
        "created: binding onboarding.events -[ServiceCreated]-> invitation.inbox",
    ):
        assert line in first.output
    again = vhost.apply(*CRM, "--passwords", str(passwords))
    assert again.exit_code == 0, again.output
    assert again.output.startswith("0 created, 0 changed, ")


def test_a_dry_run_tells_what_it_would_do_and_does_nothing(vhost: Vhost) -> None:
    told = vhost.apply("--dry-run")
    assert told.exit_code == 0, told.output
    assert "would be created: queue onboarding.inbox" in told.output
    assert not vhost.has("vhosts/{}")


def test_the_printed_document_imported_is_the_same_as_applying(
    vhost: Vhost, passwords: Path
) -> None:
    options = (*CRM, "--passwords", str(passwords))
    printed = run("topology", "definitions", "--vhost", vhost.name, *options)
    vhost.ask("POST", "definitions", json.loads(printed.stdout))
    after = vhost.apply(*options)
    assert after.exit_code == 0, after.output
    assert after.output.startswith("0 created, 0 changed, ")


def test_every_queue_and_exchange_that_differs_is_listed_with_what_to_do(vhost: Vhost) -> None:
    vhost.ask("PUT", "vhosts/{}", {})
    vhost.ask("PUT", "queues/{}/notifier.inbox", {"durable": True})
    limited = {"x-queue-type": "quorum", "x-max-length": 5}
    vhost.ask("PUT", "queues/{}/onboarding.intake", {"durable": True, "arguments": limited})
    vhost.ask("PUT", "exchanges/{}/onboarding.events", {"type": "fanout", "durable": True})
    told = vhost.apply()
    assert told.exit_code == 1
    assert "queue notifier.inbox differs, and RabbitMQ cannot change it" in told.stderr
    assert "queue onboarding.intake differs" in told.stderr
    assert "'x-max-length': 5" in told.stderr
    assert "'x-max-length': 10000" in told.stderr
    assert f"rabbitmqctl delete_queue notifier.inbox -p {vhost.name}" in told.stderr
    assert "type: is fanout, should be topic" in told.stderr


def test_when_what_differed_is_gone_applying_mends_it(vhost: Vhost) -> None:
    vhost.ask("PUT", "vhosts/{}", {})
    vhost.ask("PUT", "queues/{}/notifier.inbox", {"durable": True})
    assert vhost.apply().exit_code == 1
    assert vhost.has("queues/{}/invitation.inbox")  # one difference does not keep back the rest
    vhost.ask("DELETE", "queues/{}/notifier.inbox")
    mended = vhost.apply()
    assert mended.exit_code == 0, mended.output
    assert "created: queue notifier.inbox" in mended.output
    assert "created: binding invitation.events -[InvitationIssued]-> notifier.inbox" in (
        mended.output
    )


def test_rights_topic_rights_and_policy_that_somebody_widened_are_put_back(applied: Vhost) -> None:
    everything = {"configure": ".*", "write": ".*", "read": ".*"}
    applied.ask("PUT", "permissions/{}/notifier", everything)
    anything = {"exchange": "upstream.events", "write": ".*", "read": ".*"}
    applied.ask("PUT", "topic-permissions/{}/crm", anything)
    nothing = {"pattern": "^none$", "definition": {"alternate-exchange": "x"}}
    applied.ask("PUT", "policies/{}/unrouted", nothing)
    told = applied.apply(*CRM)
    assert told.exit_code == 0, told.output
    for item in (
        "rights of notifier",
        "topic rights of crm on upstream.events",
        "policy unrouted",
    ):
        assert f"\nchanged: {item}\n" in f"\n{told.output}"
    assert applied.ask("GET", "permissions/{}/notifier")["configure"] == "^$"
    assert applied.apply(*CRM).output.startswith("0 created, 0 changed, ")


def test_a_policy_that_takes_the_place_of_ours_is_told(applied: Vhost) -> None:
    theirs = {"pattern": "^onboarding", "apply-to": "exchanges", "priority": 99}
    definition = {"alternate-exchange": "elsewhere"}
    applied.ask("PUT", "policies/{}/theirs", {**theirs, "definition": definition})
    told = applied.apply(*CRM)
    assert told.exit_code == 1
    assert "policy theirs rules exchange onboarding.events instead of ours" in told.stderr
    assert "invitation.events" not in told.stderr


def test_a_policy_that_lets_a_queue_lose_messages_is_told(applied: Vhost) -> None:
    theirs = {"pattern": "inbox", "apply-to": "queues", "definition": {"message-ttl": 1000}}
    applied.ask("PUT", "policies/{}/short-lived", theirs)
    told = applied.apply("--dry-run", *CRM)
    assert told.exit_code == 1
    assert "policy short-lived rules queue notifier.inbox with message-ttl" in told.stderr


def test_what_is_not_declared_is_told_and_left_alone(applied: Vhost) -> None:
    everything = {"routing_key": "#"}
    applied.ask("POST", "bindings/{}/e/onboarding.events/q/notifier.inbox", everything)
    told = applied.apply()
    assert told.exit_code == 0, told.output
    assert "left alone: binding onboarding.events -[#]-> notifier.inbox" in told.output
    assert "left alone: rights of crm (configure '^$'" in told.output
    assert applied.has("queues/{}/upstream.crm.answers")


def test_a_new_password_is_changed_for_its_user_alone(
    vhost: Vhost, servers: TestServers, passwords: Path, billing: str
) -> None:
    options = ("--upstream", billing, "--passwords", str(passwords))
    assert "No password for: billing" in vhost.apply(*options).stderr
    assert not vhost.has("vhosts/{}")  # told before anything was made
    run("topology", "passwords", str(passwords), "--upstream", billing)
    assert f"created: user {billing}" in vhost.apply(*options).output
    renewed = {**json.loads(passwords.read_text()), billing: "another one/with:signs@"}
    passwords.write_text(json.dumps(renewed))
    told = vhost.apply(*options)
    assert told.output.splitlines()[0] == f"changed: user {billing}"
    assert "0 created, 1 changed" in told.output
    url = sa.make_url(servers.amqp_url).set(
        username=billing, password=renewed[billing], database=vhost.name
    )
    with kombu.Connection(url.render_as_string(hide_password=False)) as connection:
        connection.connect()


def test_a_user_that_is_an_administrator_loses_that_and_keeps_its_password(
    applied: Vhost, passwords: Path, billing: str
) -> None:
    applied.ask("PUT", f"users/{billing}", {"password": "kept", "tags": "administrator"})
    before = applied.ask("GET", f"users/{billing}")
    told = applied.apply("--upstream", billing)
    assert told.exit_code == 0, told.output
    assert f"changed: user {billing}" in told.output
    after = applied.ask("GET", f"users/{billing}")
    assert (after["tags"], after["password_hash"]) == ([], before["password_hash"])


def test_without_passwords_a_missing_user_is_told_before_anything_is_made(vhost: Vhost) -> None:
    told = vhost.apply("--upstream", "nobody-knows")
    assert told.exit_code == 1
    assert "no user nobody-knows" in told.stderr
    assert "tenantlink topology passwords" in told.stderr
    assert not vhost.has("vhosts/{}")


def test_a_system_may_not_bear_the_administrators_name(vhost: Vhost) -> None:
    told = vhost.apply("--upstream", "admin")
    assert told.exit_code == 1
    assert "would lose its rights" in told.stderr


def test_one_who_is_no_administrator_is_told_so_without_any_password(
    vhost: Vhost, servers: TestServers, passwords: Path
) -> None:
    crm = sa.make_url(servers.upstream_amqp_urls["crm"])
    place = servers.management_url.rpartition("@")[2]
    for secret in (crm.password, "another-one"):
        management = f"http://crm:{secret}@{place}"
        told = Vhost(vhost.name, management).apply("--passwords", str(passwords))
        assert told.exit_code == 1
        assert "administrator" in told.stderr
        assert str(secret) not in told.output


def test_the_administrators_password_may_stand_in_a_file(vhost: Vhost, tmp_path: Path) -> None:
    user, _, place = vhost.management_url.removeprefix("http://").partition("@")
    name, _, secret = user.partition(":")
    file = tmp_path / "password"
    file.write_text(f"{secret}\n")
    apart = Vhost(vhost.name, f"http://{name}@{place}")
    told = apart.apply("--dry-run", "--management-password-file", str(file))
    assert told.exit_code == 0, told.output


def test_a_port_that_speaks_something_else_is_told(vhost: Vhost, servers: TestServers) -> None:
    port = sa.make_url(servers.amqp_url).port
    told = Vhost(vhost.name, f"http://admin:x@127.0.0.1:{port}").apply()
    assert told.exit_code == 1
    assert "rabbitmq-plugins enable rabbitmq_management" in told.stderr
