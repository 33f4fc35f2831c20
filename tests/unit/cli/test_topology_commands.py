"""The `tenantlink topology` commands that need no broker, and how they tell what is wrong."""

import json
from pathlib import Path

import pytest

from tests.support.broker import run
from tests.support.ports import free_port


def test_passwords_are_made_for_every_user_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "broker.json"
    told = run("topology", "passwords", str(path), "--upstream", "crm")
    made = json.loads(path.read_text())
    assert told.exit_code == 0, told.output
    assert made.keys() == {"onboarding", "invitation", "credential-validator", "notifier", "crm"}
    assert not any(password in told.output for password in made.values())
    again = run("topology", "passwords", str(path), "--upstream", "crm")
    assert "has all of them" in again.output
    assert json.loads(path.read_text()) == made


def test_the_document_holds_users_only_when_their_passwords_are_given(tmp_path: Path) -> None:
    path = tmp_path / "broker.json"
    run("topology", "passwords", str(path))
    without = json.loads(run("topology", "definitions").stdout)
    given = run("topology", "definitions", "--passwords", str(path))
    assert "users" not in without
    assert "password_hash" not in json.dumps(without)
    assert all(user["password_hash"] for user in json.loads(given.stdout)["users"])
    assert not any(password in given.stdout for password in json.loads(path.read_text()).values())


def test_a_document_for_a_system_without_a_password_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "broker.json"
    run("topology", "passwords", str(path))
    told = run("topology", "definitions", "--passwords", str(path), "--upstream", "crm")
    assert told.exit_code == 1
    assert "tenantlink topology passwords FILE --upstream crm" in told.stderr


@pytest.mark.parametrize("command", ["show", "permissions", "definitions"])
def test_what_is_printed_names_the_systems_that_are_asked_for(command: str) -> None:
    assert "upstream.crm.answers" not in run("topology", command).output.replace("\\", "")
    told = run("topology", command, "--upstream", "crm", "--upstream", "orders")
    for name in ("upstream.crm.answers", "upstream.orders.answers", "onboarding.intake"):
        assert name in told.output.replace("\\", "")


@pytest.mark.parametrize("name", ["CRM", "a.b", ".*", "", "-x", "9x", "x" * 64, "onboarding"])
def test_a_name_that_cannot_be_a_systems_is_refused(name: str) -> None:
    told = run("topology", "definitions", "--upstream", name)
    assert told.exit_code == 1
    assert repr(name) in told.stderr
    assert told.stdout == ""


def test_a_broker_that_is_not_there_is_told_without_a_password() -> None:
    url = f"http://admin:very-secret@127.0.0.1:{free_port()}"
    told = run("topology", "apply", "--management-url", url)
    assert told.exit_code == 1
    assert "No answer from http://127.0.0.1" in told.stderr
    assert "very-secret" not in told.output


@pytest.mark.parametrize(
    "url", ["amqp://admin:x@127.0.0.1", "http://127.0.0.1:15672", "127.0.0.1:15672", "http://a:x@"]
)
def test_a_url_of_something_else_is_refused(url: str) -> None:
    told = run("topology", "apply", "--management-url", url)
    assert told.exit_code == 1
    assert "http://USER:PASSWORD@HOST:15672" in told.stderr


def test_the_help_names_the_way_of_a_first_time() -> None:
    told = run("topology", "apply", "--help").output
    assert "tenantlink topology passwords broker.json --upstream crm" in told
    assert "TENANTLINK_MANAGEMENT_URL" in told
