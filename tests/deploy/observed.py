"""What the code exports, and what rules and dashboards ask for."""

import json
import re
from dataclasses import dataclass
from typing import Any

import yaml  # type: ignore[import-untyped]

from credential_validator.adapters import metrics as of_credential_validator
from tenantlink_runtime import metrics as of_runtime
from tests.deploy.rendering import ROOT

MONITORING = ROOT / "deploy" / "monitoring"
RULES = MONITORING / "rules.yaml"
RULE_TESTS = MONITORING / "rules.test.yaml"
DASHBOARDS = sorted((MONITORING / "dashboards").glob("*.json"))
# Prometheus and the ServiceMonitor add these to every series.
OF_PROMETHEUS = {"job", "instance", "namespace", "pod", "le"}
_SUFFIXES = {"counter": ("_total",), "gauge": ("",), "histogram": ("_bucket", "_count", "_sum")}
_METRIC = re.compile(r"\b(tenantlink_\w+)(?:\{([^}]*)\})?")


@dataclass(frozen=True)
class Asked:
    """One series that an expression asks for."""

    name: str
    matchers: dict[str, str]


def exported() -> dict[str, set[str]]:
    """Every series that the code can show, with its labels."""
    found: dict[str, set[str]] = {}
    for module in (of_runtime, of_credential_validator):
        metrics = [each for each in vars(module).values() if hasattr(each, "_documentation")]
        for each in metrics:
            for suffix in _SUFFIXES[each._type]:
                found[f"{each._name}{suffix}"] = set(each._labelnames)
    return found


def rules() -> list[dict[str, Any]]:
    """All of them, recorded and alerting."""
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def alerts() -> dict[str, dict[str, Any]]:
    """By their names."""
    return {rule["alert"]: rule for rule in rules() if "alert" in rule}


def panels() -> list[dict[str, Any]]:
    """Of all dashboards."""
    return [each for path in DASHBOARDS for each in json.loads(path.read_text())["panels"]]


def expressions() -> list[str]:
    """All that rules and dashboards ask Prometheus, Grafana's variables filled in."""
    asked = [str(rule["expr"]) for rule in rules()]
    shown = [target["expr"] for panel in panels() for target in panel["targets"]]
    return asked + [filled(each) for each in shown]


def filled(expression: str) -> str:
    """As Grafana would send it."""
    for name, value in (
        ("$__rate_interval", "5m"),
        ("$__range", "6h"),
        ("$namespace", ".*"),
        ("$job", ".*"),
    ):
        expression = expression.replace(name, value)
    return expression


def asked(expression: str) -> list[Asked]:
    """The series of the product in an expression."""
    expression = re.sub(r"\bjob:\w+:\w+", "recorded", expression)
    return [
        Asked(name, dict(re.findall(r'(\w+)\s*=~?\s*"([^"]*)"', matchers)))
        for name, matchers in _METRIC.findall(expression)
    ]
