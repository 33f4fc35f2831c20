"""Settings that are missing or wrong are listed, all of them, and nothing is started."""

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    "package", ["invitation", "onboarding", "credential_validator", "notifier"]
)
def test_a_service_without_settings_says_which_are_missing(package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", package, "check"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 2
    lines = done.stderr.splitlines()
    assert f"{package.upper()}_DATABASE_URL: Field required" in lines
    assert f"{package.upper()}_PUBLIC_KEYS_FILE: Field required" in lines
    assert not any("Traceback" in line for line in lines)


@pytest.mark.parametrize(
    "package", ["invitation", "onboarding", "credential_validator", "notifier"]
)
def test_help_tells_what_each_command_does(package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", package, "--help"], capture_output=True, text=True, check=True
    )
    for command in ("work", "migrate", "check"):
        assert command in done.stdout
