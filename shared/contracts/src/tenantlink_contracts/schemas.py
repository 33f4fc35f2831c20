"""Publishes the JSON Schemas: `python -m tenantlink_contracts.schemas` writes them anew.

They are files in the repository so that upstream systems can read them without Python, and so
that a change of a contract shows as a change of a schema.
"""

import json
from pathlib import Path
from typing import Any

from tenantlink_contracts.catalogue import FACTS
from tenantlink_contracts.fact import Fact

FOLDER = Path(__file__).parents[2] / "schemas"


def schema_of(fact: type[Fact]) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a fact's data."""
    return {"$id": f"urn:{fact.event_type()}", **fact.model_json_schema()}


def rendered(fact: type[Fact]) -> str:
    """The published file's text."""
    return json.dumps(schema_of(fact), indent=2) + "\n"


def main() -> None:
    """Write one file per event type."""
    FOLDER.mkdir(exist_ok=True)
    for name, fact in FACTS.items():
        (FOLDER / f"{name}.schema.json").write_text(rendered(fact))


if __name__ == "__main__":
    main()
