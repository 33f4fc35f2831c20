"""Who knows one service knows all: the same folders, the same files, small and explained."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import FACTS, read_by

ROOT = Path(__file__).parents[2]
SHAPE = (
    "README.md",
    "pyproject.toml",
    "asyncapi.yaml",
    "migrations/env.py",
    "src/{package}/domain/__init__.py",
    "src/{package}/app/__init__.py",
    "src/{package}/app/ports.py",
    "src/{package}/adapters/__init__.py",
    "src/{package}/adapters/tables.py",
    "src/{package}/entrypoints/__init__.py",
    "src/{package}/entrypoints/events.py",
    "src/{package}/settings.py",
    "src/{package}/bootstrap.py",
    "src/{package}/__main__.py",
)
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
VAGUE = {"utils.py", "helpers.py", "common.py", "manager.py"}


def sources() -> Iterator[Path]:
    """What is ours and no test."""
    for folder in ("shared", "services", "deploy"):
        yield from (ROOT / folder).rglob("*.py")


@pytest.mark.parametrize("service", names.SERVICES)
def test_every_service_has_the_same_shape(service: str) -> None:
    package = service.replace("-", "_")
    folder = ROOT / "services" / service
    wanted = [folder / each.format(package=package) for each in SHAPE]
    assert [str(each.relative_to(ROOT)) for each in wanted if not each.is_file()] == []


@pytest.mark.parametrize("service", names.SERVICES)
def test_a_services_readme_names_every_event_it_reads_and_publishes(service: str) -> None:
    text = (ROOT / "services" / service / "README.md").read_text()
    published = [fact for fact in FACTS.values() if service in fact.publishers]
    spoken = {fact.event_name() for fact in [*published, *read_by(service)]}
    assert {name for name in spoken if f"`{name}`" not in text} == set()


def test_files_and_functions_stay_small_and_their_names_say_what_they_are() -> None:
    found = []
    for path in sources():
        text = path.read_text()
        if path.name in VAGUE or text.count("\n") > LONGEST_FILE:
            found.append(str(path))
        for each in ast.walk(ast.parse(text)):
            if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef) and "test" not in path.name:
                lines = (each.end_lineno or each.lineno) - each.lineno + 1
                # A blueprint's routes are functions in a function: their parts are counted instead.
                nested = any(isinstance(part, ast.FunctionDef) for part in each.body)
                if lines > LONGEST_FUNCTION and not nested:
                    found.append(f"{path}:{each.lineno} {each.name}: {lines} lines")
    assert found == []


def test_every_module_says_why_it_exists() -> None:
    silent = [
        str(path.relative_to(ROOT))
        for path in sources()
        if path.read_text().strip() and not ast.get_docstring(ast.parse(path.read_text()))
    ]
    assert silent == []
