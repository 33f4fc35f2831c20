"""Metrics are named once in code and explained once for operators, and the two agree."""

import re
from pathlib import Path
from typing import Any

from tenantlink_runtime import metrics

TEXT = (Path(__file__).parents[2] / "docs" / "operating.md").read_text()


def exported() -> dict[str, Any]:
    """Every metric of the runtime, by the name under which it is scraped."""
    found = [each for each in vars(metrics).values() if hasattr(each, "_documentation")]
    return {f"{m._name}{'_total' if m._type == 'counter' else ''}": m for m in found}


def test_every_metric_of_the_runtime_is_explained_and_none_that_is_gone() -> None:
    rows = dict(re.findall(r"^\| `(tenantlink_\w+)` \|.*\| (.+) \|$", TEXT, re.MULTILINE))
    assert rows == {name: metric._documentation for name, metric in exported().items()}
