"""A real Prometheus scrapes the running system; what rules and dashboards ask exists and moves.

Nothing here waits for an alert: what raises one is tested without clock and servers. Here the whole
procedure is gone through once, and then every metric is looked for, with all the time it needs.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
import yaml  # type: ignore[import-untyped]

from tenantlink_local import stack as local
from tenantlink_local.browser import NotOnThePage
from tenantlink_local.demo import DidNotComeTrue, Procedure
from tenantlink_local.narrator import Narrator
from tenantlink_local.stack import Stack
from tests.deploy import observed
from tests.support import clear_text
from tests.support.ports import free_port
from tests.support.waiting import eventually

PROMETHEUS = shutil.which("prometheus") or "missing: deploy/install-tools.sh prometheus"
# What one order that goes well (after one wrong secret) must have moved.
MOVED = (
    "tenantlink_events_handled_total",
    "tenantlink_event_delay_seconds_count",
    "tenantlink_events_published_total",
    "tenantlink_relay_seconds_count",
    "tenantlink_batch_seconds_count",
    "tenantlink_batch_size_sum",
    "tenantlink_jobs_finished_total",
    "tenantlink_job_seconds_count",
    "tenantlink_broker_connected",
    "tenantlink_database_reachable",
    "tenantlink_pool_size",
    "tenantlink_credential_validations_total",
)


class Prometheus:
    """A running one, asked over its HTTP API."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"

    def ready(self) -> bool:
        """Whether it answers."""
        try:
            return requests.get(f"{self._base}/-/ready", timeout=5).ok
        except requests.ConnectionError:
            return False

    def ask(self, expression: str) -> list[dict[str, Any]]:
        """The series that an expression gives now."""
        result = self._get("query", query=expression)["result"]
        assert isinstance(result, list)
        return result

    def families(self) -> set[str]:
        """Every metric that a target has told of, with or without a series."""
        return set(map(family, self._get("metadata")))

    def rule_groups(self) -> list[dict[str, Any]]:
        """The rules with how their last evaluation went."""
        groups = self._get("rules")["groups"]
        assert isinstance(groups, list)
        return groups

    def _get(self, what: str, **parameters: str) -> Any:
        answer = requests.get(f"{self._base}/api/v1/{what}", params=parameters, timeout=30)
        assert answer.ok, answer.text
        return answer.json()["data"]


def family(name: str) -> str:
    """The metric that a series belongs to, as OpenMetrics names it."""
    return re.sub(r"_(bucket|count|sum|total)$", "", name)


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that an unprivileged user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="tenantlink-scraped-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def stack(place: Path) -> Iterator[Stack]:
    """The whole system, through which one order has gone."""
    running = local.up(place / "stack")
    try:
        complete_an_order(running)
        yield running
    finally:
        running.down()


def complete_an_order(stack: Stack, tries: int = 3) -> None:
    """One that goes through. A machine too busy for its pages is another test's concern."""
    for last in (number == tries for number in range(1, tries + 1)):
        try:
            Procedure(stack.urls, stack.ca, Narrator()).go()
            return
        except (DidNotComeTrue, NotOnThePage, requests.RequestException):
            if last:
                raise


def targets(stack: Stack) -> dict[str, list[str]]:
    """The internal ports of all processes, by service, as a ServiceMonitor would find them."""
    found: dict[str, list[str]] = {}
    for child in clear_text.children(stack):
        ports = [
            value
            for name, value in clear_text.environment(child).items()
            if name.endswith("_INTERNAL_PORT")
        ]
        service = child.name.partition(" ")[0].replace("_", "-")
        for port in ports:
            found.setdefault(service, []).append(f"127.0.0.1:{port}")
    return found


@pytest.fixture(scope="module")
def prometheus(place: Path, stack: Stack) -> Iterator[Prometheus]:
    """Scrapes every process each second, with our rules loaded."""
    configuration = {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s", "evaluation_interval": "1s"},
        "rule_files": [str(observed.RULES)],
        "scrape_configs": [
            {"job_name": job, "static_configs": [{"targets": each, "labels": {"namespace": "x"}}]}
            for job, each in targets(stack).items()
        ],
    }
    (place / "prometheus.yaml").write_text(yaml.safe_dump(configuration))
    port = free_port()
    with (place / "prometheus.log").open("wb") as log:
        child = subprocess.Popen(
            [
                PROMETHEUS,
                f"--config.file={place / 'prometheus.yaml'}",
                f"--storage.tsdb.path={place / 'data'}",
                f"--web.listen-address=127.0.0.1:{port}",
            ],
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    running = Prometheus(port)
    try:
        eventually(running.ready, seconds=120, what="Prometheus")
        yield running
    finally:
        child.terminate()
        child.wait(timeout=60)


def test_it_finds_every_process_up(prometheus: Prometheus, stack: Stack) -> None:
    count = sum(map(len, targets(stack).values()))
    assert count == 6
    eventually(
        lambda: len(prometheus.ask("up == 1")) == count, seconds=120, what="six targets that are up"
    )


def test_every_metric_that_a_rule_or_a_dashboard_uses_is_scraped(prometheus: Prometheus) -> None:
    used = {
        family(series.name) for text in observed.expressions() for series in observed.asked(text)
    }

    def missing() -> set[str]:
        return used - prometheus.families()

    eventually(lambda: missing() == set(), seconds=120, what=f"metadata of {missing()}")


@pytest.mark.parametrize("name", MOVED)
def test_an_order_moves_a_metric(prometheus: Prometheus, name: str) -> None:
    eventually(lambda: prometheus.ask(f"{name} > 0"), seconds=120, what=f"{name} above 0")


def test_every_rule_is_evaluated_without_an_error(prometheus: Prometheus) -> None:
    def settled() -> bool:
        groups = prometheus.rule_groups()
        found = [rule for group in groups for rule in group["rules"]]
        assert len(found) == len(observed.rules())
        assert not [rule["lastError"] for rule in found if rule.get("lastError")]
        return all(rule["health"] == "ok" for rule in found)

    eventually(settled, seconds=120, what="all rules evaluated")


def test_every_panel_asks_what_prometheus_can_answer(prometheus: Prometheus) -> None:
    for expression in observed.expressions():
        prometheus.ask(expression)
