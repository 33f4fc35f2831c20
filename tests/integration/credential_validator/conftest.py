"""Microsoft as the simulator plays it, and credential-validator as it runs, over real TLS."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from credential_validator.app.prove import Prover
from credential_validator.bootstrap import build_prover
from credential_validator.settings import CredentialValidatorSettings
from tenantlink_local import certificates
from tenantlink_local.certificates import Certificates
from tenantlink_local.entra import server
from tenantlink_local.entra.directory import Directory
from tenantlink_runtime import keys
from tests.integration.credential_validator import odd_microsoft
from tests.integration.credential_validator.odd_microsoft import OddMicrosoft
from tests.integration.credential_validator.validator import Validator
from tests.support.ports import free_port
from tests.support.servers import TestServers

Settings = Callable[..., CredentialValidatorSettings]


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture
def directory() -> Directory:
    """What the simulator knows; a test may change it while it runs."""
    return Directory.load()


@pytest.fixture
def entra(tls: Certificates, directory: Directory) -> Iterator[str]:
    """The simulator's https URL."""
    with server.running(tls, directory) as url:
        yield url


@pytest.fixture
def odd(tls: Certificates) -> Iterator[OddMicrosoft]:
    """Microsoft, answering as a test says."""
    with odd_microsoft.running(tls) as microsoft:
        yield microsoft


@pytest.fixture
def settings(tls: Certificates) -> Settings:
    """Makes the settings of a service whose Microsoft is at a URL."""

    def make(microsoft: str, **changes: object) -> CredentialValidatorSettings:
        values = {
            "database_url": "postgresql+psycopg2://127.0.0.1/nobody",
            "public_keys_file": Path(os.devnull),
            "authorities": [microsoft],
            "authority": microsoft,
            "graph_url": microsoft,
            "tls_ca_file": tls.ca,
        }
        return CredentialValidatorSettings.model_validate({**values, **changes})

    return make


@pytest.fixture
def prover(settings: Settings, entra: str) -> Prover:
    """The real prover, pointed at the simulator by settings."""
    return build_prover(settings(entra))


@pytest.fixture
def validator(
    servers: TestServers,
    migrated_database: Callable[[str], str],
    tls: Certificates,
    entra: str,
    tmp_path: Path,
) -> Iterator[Validator]:
    """The service's own database, queue and keys; a test starts its process."""
    url = migrated_database("credential_validator")
    keys.generate(tmp_path)
    environment = {
        "DATABASE_URL": url,
        "AMQP_URL": servers.service_amqp_urls["credential-validator"],
        "INTERNAL_PORT": str(free_port()),
        "LOG_LEVEL": "DEBUG",
        "PUBLIC_KEYS_FILE": str(tmp_path / "public.jwks.json"),
        "SEALING_KEYS_FILE": str(tmp_path / "credential-validator.sealing.jwks.json"),
        "STORE_KEYS_FILE": str(tmp_path / "credential-validator.store.jwks.json"),
        "AUTHORITY": entra,
        "AUTHORITIES": json.dumps([entra]),
        "GRAPH_URL": entra,
        "TLS_CA_FILE": str(tls.ca),
    }
    engine = sa.create_engine(url)
    surroundings = Validator(engine, servers.amqp_url, tmp_path, environment)
    with surroundings.listening():
        yield surroundings
    engine.dispose()
