"""The scripts that grant what is missing: for this application, whole, of harmless words."""

import os
import subprocess
from pathlib import Path
from uuid import UUID

import pytest

from credential_validator.adapters import permissions_toml
from tenantlink_contracts.granting import GrantScripts, grant_scripts

CLIENT = UUID("22222222-2222-4222-8222-222222222222")
NAMES = tuple(each.name for each in permissions_toml.load())
# Notes what it was asked, and gives every role an id made of its name.
AZ = r"""#!/bin/sh
echo "$*" >> "$ASKED"
case "$*" in
  *appRoles*) echo "id-of-$(echo "$*" | sed "s/.*value=='\([^']*\)'.*/\1/")" ;;
esac
"""


def the_scripts(names: tuple[str, ...] = NAMES) -> GrantScripts:
    found = grant_scripts(CLIENT, names)
    assert found is not None
    return found


def test_both_scripts_name_the_application_and_every_missing_permission() -> None:
    scripts = the_scripts()
    for text in (scripts.azure_cli, scripts.graph_powershell):
        assert str(CLIENT) in text
        assert all(name in text for name in NAMES)


def test_the_shell_script_grants_each_permission_by_its_own_id_and_then_consents(
    tmp_path: Path,
) -> None:
    az, asked = tmp_path / "az", tmp_path / "asked"
    az.write_text(AZ)
    az.chmod(0o755)
    script = the_scripts().azure_cli.replace("sleep 30", "sleep 0")
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "ASKED": str(asked)}
    subprocess.run(["/bin/sh", "-eu", "-c", script], env=environment, check=True, timeout=60)
    granted = [line for line in asked.read_text().splitlines() if "permission add" in line]
    assert [line.rpartition(" ")[2] for line in granted] == [f"id-of-{name}=Role" for name in NAMES]
    assert all(f"--id {CLIENT}" in line for line in granted)
    assert asked.read_text().splitlines()[-1] == f"ad app permission admin-consent --id {CLIENT}"


def test_where_nothing_is_missing_there_is_no_script() -> None:
    assert grant_scripts(CLIENT, ()) is None


@pytest.mark.parametrize("name", ["$(reboot)", 'a"; reboot', "a b", "", "`id`", "A.\nB"])
def test_what_is_no_name_of_a_permission_gets_into_no_script(name: str) -> None:
    assert grant_scripts(CLIENT, (name,)) is None
    assert name not in the_scripts((name, *NAMES)).graph_powershell or not name
