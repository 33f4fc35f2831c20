"""Rules and dashboards ask only for what the code exports; each alert is tested and explained."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml  # type: ignore[import-untyped]

from tenantlink_contracts import names
from tenantlink_contracts.catalogue import read_by
from tenantlink_runtime import metrics
from tests.deploy import observed
from tests.deploy.rendering import KUSTOMIZE, ROOT

RUNBOOK = ROOT / "docs" / "runbook.md"
PROMTOOL = shutil.which("promtool") or "promtool is missing: deploy/install-tools.sh promtool"


def promtool(*arguments: str | Path) -> str:
    """What it says; it fails where something is wrong."""
    done = subprocess.run(
        [PROMTOOL, *arguments], capture_output=True, text=True, cwd=observed.MONITORING, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_the_rules_are_well_formed() -> None:
    assert f"{len(observed.rules())} rules found" in promtool("check", "rules", observed.RULES)


def test_every_alert_is_raised_and_quiet_as_its_tests_say() -> None:
    assert "SUCCESS" in promtool("test", "rules", observed.RULE_TESTS)


def test_every_alert_has_a_test_that_raises_it_and_one_that_keeps_it_quiet() -> None:
    raised, quiet = set(), set()
    for each in yaml.safe_load(observed.RULE_TESTS.read_text())["tests"]:
        for wanted in each["alert_rule_test"]:
            (raised if wanted["exp_alerts"] else quiet).add(wanted["alertname"])
    assert raised == quiet == set(observed.alerts())


def test_every_alert_has_its_entry_in_the_runbook_and_leads_there() -> None:
    headings = set(re.findall(r"^### (Tenantlink\w+)$", RUNBOOK.read_text(), re.MULTILINE))
    assert headings == set(observed.alerts())
    for name, rule in observed.alerts().items():
        assert rule["annotations"]["runbook_url"] == f"docs/runbook.md#{name.lower()}"
        assert rule["labels"]["severity"] in ("page", "ticket")


def test_every_expression_asks_only_for_what_the_code_exports() -> None:
    assert len(observed.expressions()) > 50
    for expression in observed.expressions():
        check(expression, observed.exported())


def check(expression: str, exported: dict[str, set[str]]) -> None:
    """Its series, their labels, the labels it groups by, and the events that it names."""
    for series in observed.asked(expression):
        assert series.name in exported, expression
        assert set(series.matchers) <= exported[series.name] | observed.OF_PROMETHEUS, expression
        for event in series.matchers.get("event", "").split("|"):
            if event:
                services = series.matchers["job"]
                assert event in {fact.event_name() for fact in read_by(services)}, services
    grouped = ",".join(re.findall(r"by \(([^)]*)\)", expression))
    labels = {each.strip() for each in grouped.split(",") if each.strip()}
    known = observed.OF_PROMETHEUS.union(
        *(exported[each.name] for each in observed.asked(expression))
    )
    assert labels <= known, expression


def test_what_the_dashboards_ask_is_promql(tmp_path: Path) -> None:
    rules = [
        {"record": f"tested:{number}", "expr": expression}
        for number, expression in enumerate(observed.expressions())
    ]
    group = {"groups": [{"name": "dashboards", "rules": rules}]}
    (tmp_path / "rules.yaml").write_text(yaml.safe_dump(group))
    promtool("check", "rules", tmp_path / "rules.yaml")


def test_outcomes_and_buckets_that_rules_name_exist() -> None:
    text = " ".join(observed.expressions())
    outcomes = {metrics.APPLIED, metrics.FAILED, metrics.UNUSABLE, metrics.DUPLICATE}
    of_events = re.findall(r'events_handled_total\{[^}]*outcome=~?"([^"]*)"', text)
    assert {each for found in of_events for each in found.split("|")} <= outcomes
    bounds = {f"{float(bound)}" for bound in metrics.EVENT_DELAY_SECONDS._upper_bounds}
    assert set(re.findall(r'le="([^"]*)"', text)) <= bounds
    jobs = re.findall(r'up\{job=~"([^"]*)"\}', text)
    assert set(jobs[0].split("|")) == set(names.SERVICES)


def test_the_rules_for_the_prometheus_operator_are_the_same() -> None:
    made = yaml.safe_load((observed.MONITORING / "prometheus-rule.yaml").read_text())
    assert made["spec"] == yaml.safe_load(observed.RULES.read_text())
    sys.path.insert(0, str(KUSTOMIZE))
    try:
        import generate  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(KUSTOMIZE))
    assert generate.PROMETHEUS_RULE.read_text() == generate.rendered([generate.prometheus_rule()])


@pytest.mark.parametrize("path", observed.DASHBOARDS, ids=lambda path: path.stem)
def test_a_dashboard_is_complete_and_its_panels_do_not_overlap(path: Path) -> None:
    board = json.loads(path.read_text())
    assert board["title"] in ("Tenantlink: Onboarding", "Tenantlink: Runtime")
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])
    taken: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        cells = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not cells & taken, panel["title"]
        taken |= cells
        assert panel["title"]
        assert panel["targets"]
