"""Entra's simulator and the mailbox, over real TLS, in threads of the test process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from tenantlink_local import certificates
from tenantlink_local.entra import server


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> certificates.Certificates:
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def entra(tls: certificates.Certificates) -> Iterator[str]:
    """The simulator's https URL."""
    with server.running(tls) as url:
        yield url


@pytest.fixture
def http(tls: certificates.Certificates) -> Iterator[requests.Session]:
    """Trusts the simulator's CA alone, and ignores proxies and CAs of the environment."""
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(tls.ca)
        yield session


@pytest.fixture
def mails(tmp_path: Path) -> Path:
    return tmp_path / "mails"
