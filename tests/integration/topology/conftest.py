"""Virtual hosts of their own for tests of `topology apply`, on the session's broker."""

import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.broker import Vhost, passwords_of
from tests.support.servers import TestServers

_numbers = itertools.count(1)


@pytest.fixture
def vhost(servers: TestServers) -> Iterator[Vhost]:
    """Not there yet; removed at the end."""
    found = Vhost(f"test-{next(_numbers)}", servers.management_url)
    yield found
    if found.has("vhosts/{}"):
        found.ask("DELETE", "vhosts/{}")


@pytest.fixture
def passwords(servers: TestServers, tmp_path: Path) -> Path:
    """The file of passwords that the broker's users have already: they belong to the whole broker,
    and other tests use them."""
    path = tmp_path / "broker.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps(passwords_of(servers)))
    return path
