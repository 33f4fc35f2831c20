"""What each process of the running product holds, seen from outside."""

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tenantlink_local.process import Child
from tenantlink_local.stack import Stack
from tests.support import clear_text


def the_broker(stack: Stack) -> int:
    """The port of RabbitMQ, as the `work` processes know it."""
    work = next(c for c in clear_text.children(stack) if c.name == "notifier work")
    return int(urlsplit(clear_text.environment(work)["NOTIFIER_AMQP_URL"]).port or 0)


def connected_to(child: Child) -> set[int]:
    """The remote TCP ports that a process, or one that it has started, is connected to."""
    ports = set()
    for pid in family(child.pid):
        sockets = {os.readlink(fd) for fd in Path(f"/proc/{pid}/fd").iterdir()}
        for row in Path(f"/proc/{pid}/net/tcp").read_text().splitlines()[1:]:
            parts = row.split()
            if f"socket:[{parts[9]}]" in sockets:
                ports.add(int(parts[2].partition(":")[2], 16))
    return ports


def family(pid: int) -> list[int]:
    """A process and all that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *(each for child in children for each in family(int(child)))]


@pytest.mark.parametrize("service", ["onboarding", "invitation"])
def test_a_web_process_holds_no_broker_connection_and_no_broker_url(
    stack: Stack, service: str
) -> None:
    processes = {child.name: child for child in clear_text.children(stack)}
    work, web = processes[f"{service} work"], processes[f"{service} web"]
    assert the_broker(stack) in connected_to(work)
    assert the_broker(stack) not in connected_to(web)
    settings = clear_text.environment(web)
    assert not [name for name in settings if "AMQP" in name]
    assert "amqp://" not in " ".join(settings.values())


def test_the_public_wizard_holds_no_private_key_and_the_console_its_own_for_copy_link_alone(
    stack: Stack,
) -> None:
    webs = {each.name: clear_text.environment(each) for each in clear_text.children(stack)}
    opening = ("SEALING_KEYS_FILE", "STORE_KEYS_FILE")
    held = {
        name: [Path(value).name for key, value in settings.items() if key.endswith(opening)]
        for name, settings in webs.items()
        if name.endswith(" web")
    }
    assert held == {"onboarding web": ["onboarding.sealing.jwks.json"], "invitation web": []}


def test_only_credential_validator_may_reach_microsoft_and_it_has_no_pages(stack: Stack) -> None:
    kinds = {child.name for child in clear_text.children(stack)}
    assert "credential_validator web" not in kinds
    told = {
        child.name
        for child in clear_text.children(stack)
        if any("AUTHORITY" in name for name in clear_text.environment(child))
    }
    assert told == {"credential_validator work"}
