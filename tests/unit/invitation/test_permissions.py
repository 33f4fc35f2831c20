"""What administrators are asked to allow is what credential-validator looks for."""

import tomllib
from pathlib import Path

import pytest

from invitation.domain.permissions import PERMISSIONS
from invitation.entrypoints import scripts

LIST = (
    Path(__file__).parents[3]
    / "services/credential-validator/src/credential_validator/permissions.toml"
)


def test_the_two_lists_are_the_same() -> None:
    looked_for = tomllib.loads(LIST.read_text())["permission"]
    assert [(each.name, each.app_role_id, each.required) for each in PERMISSIONS] == [
        (each["name"], each["app_role_id"], each["required"]) for each in looked_for
    ]


@pytest.mark.parametrize("write", [scripts.azure_cli, scripts.graph_powershell])
def test_a_script_grants_all_of_them_and_prints_the_three_values(write: object) -> None:
    script = write(PERMISSIONS)  # type: ignore[operator]
    for each in PERMISSIONS:
        assert each.app_role_id in script
    for label in ("Customer Microsoft Tenant ID", "Application (Client) ID", "Client Secret"):
        assert f"{label}:" in script
