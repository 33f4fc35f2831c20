"""AsyncAPI's own parser takes each service's document, as the tools of its readers would.

The parser is a program of Node (asyncapi/). `make test` installs it; `make test-fast`, which is for
machines without Node too, skips this where it is not installed.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tenantlink_contracts.names import SERVICES

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent / "asyncapi"
ERROR = 0


def problem_of_installation() -> str:
    """What keeps the parser from running here; nothing where it can run."""
    if shutil.which("node") is None:
        return "node is not on this machine; `make node` installs it"
    if not (HERE / "node_modules/@asyncapi/parser").exists():
        return "AsyncAPI's parser is not installed; `make node` installs it"
    return ""


@pytest.fixture(scope="module", autouse=True)
def _installed() -> None:
    problem = problem_of_installation()
    if problem and os.environ.get("TENANTLINK_ASYNCAPI_PARSER") == "required":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)


def errors(*documents: Path) -> dict[str, list[str]]:
    """What the parser calls errors, by document."""
    node = shutil.which("node") or "node"
    done = subprocess.run(
        [node, HERE / "validate.mjs", *documents], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return {
        path: [f"{e['path']}: {e['message']}" for e in found if e["severity"] == ERROR]
        for path, found in json.loads(done.stdout).items()
    }


def test_the_official_parser_finds_no_error_in_any_services_document() -> None:
    documents = [ROOT / "services" / service / "asyncapi.yaml" for service in SERVICES]
    assert errors(*documents) == {str(document): [] for document in documents}


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ('"action": "receive"', '"action": "receives"'),
        ('"$ref": "#/channels/', '"$ref": "#/channels/nowhere-'),
        (".v1.schema.json", ".v0.schema.json"),
    ],
)
def test_a_document_with_one_mistake_is_found_and_its_like_without_is_not(
    tmp_path: Path, right: str, wrong: str
) -> None:
    shutil.copytree(ROOT / "shared/contracts/schemas", tmp_path / "shared/contracts/schemas")
    text = (ROOT / "services/onboarding/asyncapi.yaml").read_text()
    good, broken = tmp_path / "services/good/asyncapi.yaml", tmp_path / "services/bad/asyncapi.yaml"
    for path, content in ((good, text), (broken, text.replace(right, wrong, 1))):
        path.parent.mkdir(parents=True)
        path.write_text(content)
    assert good.read_text() != broken.read_text()
    found = errors(good, broken)
    assert found[str(good)] == []
    assert found[str(broken)]
