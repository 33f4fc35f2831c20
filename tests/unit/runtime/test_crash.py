"""A place to crash at ends a process in tests, and keeps it from starting everywhere else."""

import subprocess
import sys
from pathlib import Path

import pytest

from tenantlink_local import process, services
from tenantlink_runtime import crash

COMMANDS = [(package, kind) for package, kind in services.PROCESSES]


def refusal(package: str, kind: str, **changes: str) -> str:
    """What a service's process says instead of starting; '' where it did not refuse."""
    prefix = package.upper()
    done = subprocess.run(
        [sys.executable, "-m", package, kind],
        env=process.environment(**{f"{prefix}_{name}": text for name, text in changes.items()})
        | {"TENANTLINK_CRASH_AT": "committed"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    mentions = [row for row in done.stderr.splitlines() if row.startswith(f"{prefix}_ENVIRONMENT")]
    return "".join(mentions)


@pytest.mark.parametrize(("package", "kind"), COMMANDS)
def test_no_process_starts_in_production_with_a_place_to_crash_at(package: str, kind: str) -> None:
    said = refusal(package, kind)
    assert "TENANTLINK_CRASH_AT is set, which is for tests only; this is production" in said


def test_a_test_environment_may_crash() -> None:
    assert refusal("notifier", "work", ENVIRONMENT="test") == ""


def test_a_place_that_is_none_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TENANTLINK_CRASH_AT", "comitted:2")
    with pytest.raises(crash.CrashNotAllowed, match="decided, committed, confirmed, job_done"):
        crash.assert_allowed("test")


def test_the_documentation_names_every_place() -> None:
    text = (Path(__file__).parents[3] / "docs" / "faults.md").read_text()
    assert [place for place in crash.PLACES if f"| `{place}` |" not in text] == []
