"""Objects that operators bring are of the shape that the operators know, and fit to the rest."""

from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml  # type: ignore[import-untyped]

from tenantlink_contracts.names import SERVICES
from tenantlink_runtime import topology
from tests.deploy import observed, rendering
from tests.deploy.rendering import KUSTOMIZE, OVERLAYS

SCHEMAS: dict[str, Any] = yaml.safe_load((Path(__file__).parent / "schemas.yaml").read_text())
EXAMPLES = sorted((KUSTOMIZE / "examples").glob("*.yaml"))


def faults(each: dict[str, Any]) -> list[str]:
    """What is wrong with an object."""
    name = f"{each['apiVersion']}/{each['kind']}"
    spec = {"type": "object", "additionalProperties": False, **SCHEMAS[name]}
    schema = {
        "$defs": SCHEMAS["$defs"],
        "type": "object",
        "required": ["apiVersion", "kind", "metadata", "spec"],
        "additionalProperties": False,
        "properties": {
            "apiVersion": {},
            "kind": {},
            "metadata": {"properties": {"name": {"$ref": "#/$defs/name"}}},
            "spec": spec,
        },
    }
    validator = jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )
    return [f"{name} {each['metadata']['name']}: {e.message}" for e in validator.iter_errors(each)]


def brought(overlay: str) -> list[dict[str, Any]]:
    """The objects of an overlay that Kubernetes itself does not know."""
    groups = {name.partition("/")[0] for name in SCHEMAS if name != "$defs"}
    known = ("apps", "batch", "policy", "v1")
    found = rendering.objects(overlay)
    custom = [e for e in found if e["apiVersion"].partition("/")[0] in groups]
    others = {e["apiVersion"].partition("/")[0] for e in found} - groups
    assert all(each in known or each.endswith(".k8s.io") for each in others), others
    return custom


@pytest.mark.parametrize("overlay", OVERLAYS)
def test_objects_of_operators_have_the_fields_that_the_operators_know(overlay: str) -> None:
    assert [fault for each in brought(overlay) for fault in faults(each)] == []


def test_production_has_objects_of_every_operator_it_names() -> None:
    kinds = {each["kind"] for each in brought("production")}
    assert kinds >= {"RabbitmqCluster", "Queue", "Permission", "ServiceMonitor", "ScaledObject"}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_an_example_has_the_fields_that_its_operator_knows(path: Path) -> None:
    objects = list(yaml.safe_load_all(path.read_text()))
    assert objects
    assert [fault for each in objects for fault in faults(each)] == []


def test_a_misspelt_field_is_found() -> None:
    (queue, *_) = rendering.objects("production", "Queue")
    assert faults(queue | {"spec": queue["spec"] | {"durabel": True}})


def example(name: str) -> dict[str, dict[str, Any]]:
    """The specs of an example's objects, by name."""
    objects = yaml.safe_load_all((KUSTOMIZE / "examples" / f"{name}.yaml").read_text())
    return {each["metadata"]["name"]: each["spec"] for each in objects}


def test_the_example_of_databases_makes_what_the_network_policies_let_services_reach() -> None:
    clusters = example("cloudnative-pg")
    assert set(clusters) == {f"{service}-database" for service in SERVICES}
    for service in SERVICES:
        first = clusters[f"{service}-database"]["bootstrap"]["initdb"]
        assert first["database"] == first["owner"] == service.replace("-", "_")


def test_the_example_of_secrets_makes_every_key_that_the_manifests_use() -> None:
    made = {
        (name, row["secretKey"])
        for name, spec in example("external-secrets").items()
        for row in spec["data"]
    }
    for process in rendering.processes("production"):
        assert set(process.secrets.values()) <= made
        for name, value in process.settings.items():
            secret = process.mounts.get(str(Path(value).parent), {}).get("secret")
            if name.endswith("_FILE") and secret:
                assert (secret["secretName"], Path(value).name) in made
    for user in rendering.objects("production", "User"):
        secret = user["spec"]["importCredentialsSecret"]["name"]
        assert {(secret, "username"), (secret, "password")} <= made


def test_the_example_of_certificates_fills_the_secrets_of_the_doors() -> None:
    wanted = {
        each["spec"]["tls"][0]["secretName"]: each["spec"]["tls"][0]["hosts"]
        for each in rendering.objects("production", "Ingress")
    }
    made = {spec["secretName"]: spec["dnsNames"] for spec in example("cert-manager").values()}
    assert made == wanted


def test_the_autoscaler_looks_at_queues_and_metrics_that_exist_and_leaves_the_number_to_it() -> (
    None
):
    scaled = {e["spec"]["scaleTargetRef"]["name"]: e["spec"] for e in scaled_objects()}
    queues = {queue.name for queue in topology.declared().queues}
    deployments = {e["metadata"]["name"]: e for e in rendering.objects("production", "Deployment")}
    assert set(scaled) == {name for name in deployments if name.endswith("-work")}
    for name, spec in scaled.items():
        assert "replicas" not in deployments[name]["spec"]
        by_type = {each["type"]: each["metadata"] for each in spec["triggers"]}
        assert by_type["rabbitmq"]["queueName"] in queues
        for series in observed.asked(by_type["prometheus"]["query"]):
            assert series.name in observed.exported()
            assert series.matchers["job"] == name.removesuffix("-work")


def scaled_objects() -> list[dict[str, Any]]:
    """KEDA's."""
    return rendering.objects("production", "ScaledObject")


def test_prometheus_finds_every_process_by_its_service() -> None:
    (monitor,) = rendering.objects("production", "ServiceMonitor")
    wanted = monitor["spec"]["selector"]["matchLabels"].items()
    (endpoint,) = monitor["spec"]["endpoints"]
    found = [
        each["metadata"]["name"]
        for each in rendering.objects("production", "Service")
        if wanted <= each["metadata"]["labels"].items()
        and monitor["spec"]["jobLabel"] in each["metadata"]["labels"]
        and endpoint["port"] in {port["name"] for port in each["spec"]["ports"]}
    ]
    processes = [p.name for p in rendering.processes("production") if p.kind != "migrate"]
    assert sorted(found) == sorted(processes)
