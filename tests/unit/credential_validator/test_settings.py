"""Where secrets may be sent is a setting that a typing error must not change."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from credential_validator.domain.clouds import CLOUDS
from credential_validator.settings import MICROSOFT_AUTHORITIES, CredentialValidatorSettings
from tenantlink_runtime.command import faults


def the_settings(**changes: object) -> CredentialValidatorSettings:
    values = {
        "database_url": "postgresql+psycopg2://127.0.0.1/credential_validator",
        "public_keys_file": Path(os.devnull),
    }
    return CredentialValidatorSettings.model_validate({**values, **changes})


def fault_of(**changes: object) -> str:
    with pytest.raises(ValidationError) as raised:
        the_settings(**changes)
    (line,) = faults(raised.value, "credential-validator")
    return line


@pytest.mark.parametrize("cloud", CLOUDS)
def test_a_cloud_brings_its_own_hosts(cloud: str) -> None:
    assert the_settings(cloud=cloud).hosts == CLOUDS[cloud]


def test_an_unknown_cloud_is_refused() -> None:
    assert fault_of(cloud="moon").startswith("CREDENTIAL_VALIDATOR_CLOUD: ")


@pytest.mark.parametrize("authority", MICROSOFT_AUTHORITIES)
def test_microsofts_own_clouds_are_allowed(authority: str) -> None:
    assert the_settings(authority=authority).hosts.authority == authority


def test_an_own_authority_may_play_graph_too_and_nobody_else() -> None:
    own = {"authority": "https://entra.example", "authorities": ("https://entra.example",)}
    hosts = the_settings(**own, graph_url="https://entra.example").hosts
    assert (hosts.authority, hosts.graph_url) == ("https://entra.example", "https://entra.example")
    assert "https://graph.example" in fault_of(**own, graph_url="https://graph.example")


def test_graph_has_to_be_of_the_same_cloud() -> None:
    line = fault_of(cloud="china", graph_url="https://graph.microsoft.com")
    assert line.startswith("CREDENTIAL_VALIDATOR_GRAPH_URL: ")


@pytest.mark.parametrize(
    "authority", ["https://login.microsoftonline.com.example", "https://login.example"]
)
def test_another_authority_is_refused_by_name(authority: str) -> None:
    line = fault_of(authority=authority)
    assert line.startswith("CREDENTIAL_VALIDATOR_AUTHORITY: ")
    assert authority in line
    assert "https://login.microsoftonline.com" in line


def test_the_default_is_refused_too_where_it_is_not_in_the_list() -> None:
    assert "is none of AUTHORITIES" in fault_of(authorities=("https://login.example",))


@pytest.mark.parametrize(
    "url",
    [
        "http://graph.microsoft.com",
        "https://graph.microsoft.com/v1.0",
        "https://graph.microsoft.com/",
        "https://user@graph.example",
        "graph.microsoft.com",
    ],
)
def test_graph_is_an_https_host_without_a_path(url: str) -> None:
    assert fault_of(graph_url=url).startswith("CREDENTIAL_VALIDATOR_GRAPH_URL: ")


def test_an_allowed_authority_without_tls_is_refused() -> None:
    with pytest.raises(ValidationError):
        the_settings(authority="http://login.example", authorities=("http://login.example",))
