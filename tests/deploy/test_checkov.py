"""checkov finds nothing in manifests and Dockerfile that is not answered where it stands."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.deploy import rendering
from tests.deploy.rendering import OVERLAYS, ROOT, TOOLS


def findings(folder: Path, framework: str) -> tuple[list[str], int]:
    """What it has against the files of a folder, and how much it has looked at."""
    done = subprocess.run(
        [TOOLS / "checkov", "-d", folder, "--framework", framework, "--skip-download",
         "--compact", "--quiet", "-o", "json"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    report = json.loads(done.stdout)
    failed = report["results"]["failed_checks"]
    return [f"{each['check_id']} {each['resource']}" for each in failed], report["summary"][
        "passed"
    ]


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_every_finding_in_the_manifests_is_answered(overlay: str, tmp_path: Path) -> None:
    (tmp_path / "rendered.yaml").write_text(rendering.text(overlay))
    found, passed = findings(tmp_path, "kubernetes")
    assert found == []
    assert passed > 500


def test_every_finding_in_the_dockerfile_is_answered(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text((ROOT / "deploy" / "Dockerfile").read_text())
    found, passed = findings(tmp_path, "dockerfile")
    assert found == []
    assert passed > 50
