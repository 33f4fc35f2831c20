"""What stands in the manifests agrees with the code, in every overlay."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]
from pydantic_core import PydanticUndefined

from tenantlink_contracts.names import SERVICES
from tenantlink_runtime import health
from tests.deploy import rendering
from tests.deploy.rendering import KUSTOMIZE, OVERLAYS, ROOT, Process

every_overlay = pytest.mark.parametrize("overlay", OVERLAYS)
HERE = Path(__file__).parent
WITH_PAGES = ("onboarding", "invitation")
BRANDS = ("_BRANDS", "_BRANDS_FOLDER")
# What a kind of process cannot start without, though the class knows it as optional.
NEEDED = {
    "work": {"AMQP_URL", "SEALING_KEYS_FILE"},
    "web": {"SESSION_KEY_FILE", "WEB_HOST"},
    "migrate": set[str](),
}


def is_custom(each: dict[str, Any]) -> bool:
    """Whether an operator brings this kind, so that Kubernetes itself does not know it."""
    return "." in each["apiVersion"].partition("/")[0].replace(".k8s.io", "")


@every_overlay
def test_every_object_of_kubernetes_is_valid_strictly(overlay: str, tmp_path: Path) -> None:
    known = [each for each in rendering.objects(overlay) if not is_custom(each)]
    (tmp_path / "known.yaml").write_text(yaml.safe_dump_all(known))
    command = [str(rendering.TOOLS / "kubernetes-validate"), "--strict", "--quiet"]
    done = subprocess.run(
        [*command, str(tmp_path / "known.yaml")], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert len(known) > 40


@every_overlay
def test_the_overlay_has_every_process_of_the_product_and_no_other(overlay: str) -> None:
    found = {(each.service, each.kind) for each in rendering.processes(overlay)}
    pages = {(each, "web") for each in WITH_PAGES}
    assert found == pages | {(s, k) for s in SERVICES for k in ("work", "migrate")}


@every_overlay
def test_every_variable_is_read_by_the_settings_class_and_every_required_one_is_set(
    overlay: str,
) -> None:
    for process in rendering.processes(overlay):
        fields = rendering.settings_class(process.service).model_fields
        known = {f"{process.prefix}{name}".upper() for name in fields}
        needed = {name.upper() for name, f in fields.items() if f.default is PydanticUndefined}
        needed |= NEEDED[process.kind]
        assert process.variables <= known, process.name
        assert {f"{process.prefix}{name}" for name in needed} <= process.variables, process.name


@every_overlay
def test_the_settings_class_accepts_what_is_set(
    overlay: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for process in rendering.processes(overlay):
        for name, value in process.settings.items():
            # The folder of brands is there in a pod, empty where nobody has made a ConfigMap.
            is_folder = name.endswith(BRANDS)
            monkeypatch.setenv(name, str(tmp_path) if is_folder else value)
        for name in process.secrets:
            monkeypatch.setenv(name, "postgresql+psycopg2://from-a-secret/database")
        settings = rendering.settings_class(process.service)()
        assert settings.internal_host == "0.0.0.0"  # noqa: S104


@every_overlay
def test_a_web_process_gets_no_way_to_the_broker_and_only_the_console_a_key_that_opens(
    overlay: str,
) -> None:
    """The console's is for Copy link, and is its own service's."""
    webs = [each for each in rendering.processes(overlay) if each.kind == "web"]
    assert webs
    for web in webs:
        assert not [name for name in web.variables if "AMQP" in name]
        own = web.service == "onboarding"
        opening = [name for name in web.variables if "SEALING" in name]
        assert opening == (["ONBOARDING_SEALING_KEYS_FILE"] if own else [])
        secrets = [v["secret"]["secretName"] for v in web.pod["volumes"] if "secret" in v]
        held = [name for name in secrets if "sealing" in name or "store" in name]
        assert held == (["onboarding-sealing-keys"] if own else [])


@every_overlay
def test_wizard_and_mails_read_the_same_brands_and_start_without_any(overlay: str) -> None:
    reading = {}
    for process in rendering.processes(overlay):
        for name, value in process.settings.items():
            if name.endswith(BRANDS):
                reading[process.name] = process.mounts[value]["configMap"]
    brands = {"name": "tenantlink-brands", "optional": True}
    assert reading == {"invitation-web": brands, "notifier-work": brands}


@every_overlay
def test_every_file_that_a_process_reads_is_mounted(overlay: str) -> None:
    for process in rendering.processes(overlay):
        files = {name: v for name, v in process.settings.items() if name.endswith("_FILE")}
        if process.kind == "work":  # only the console logs in
            files.pop("ONBOARDING_OIDC_CLIENT_SECRET_FILE", None)
        if process.kind == "migrate":  # reads the database's URL alone
            files = {}
        missing = [each for each in files.values() if str(Path(each).parent) not in process.mounts]
        assert not missing, (process.name, missing)


@every_overlay
def test_commands_ports_and_probes_exist_in_the_code(overlay: str) -> None:
    for process in rendering.processes(overlay):
        package, command = process.container["args"]
        assert package == process.service.replace("-", "_")
        assert command == process.kind
        source = ROOT / "services" / process.service / "src" / package / "__main__.py"
        assert f'"{command}": (' in source.read_text()
        ports = {p["name"]: str(p["containerPort"]) for p in process.container.get("ports", [])}
        expected = {"internal": process.settings[f"{process.prefix}INTERNAL_PORT"]}
        if process.kind == "web":
            expected["http"] = process.settings[f"{process.prefix}WEB_PORT"]
        assert ports == ({} if process.kind == "migrate" else expected)
        probes = [value for key, value in process.container.items() if key.endswith("Probe")]
        assert len(probes) == (0 if process.kind == "migrate" else 3)
        for probe in probes:
            assert probe["httpGet"]["port"] == "internal"
            assert answers(probe["httpGet"]["path"]) == "200 OK"


def answers(path: str) -> str:
    """What the internal port of a healthy process says."""
    seen: list[str] = []
    app = health.application(ready=lambda: True, alive=lambda: True)
    app({"PATH_INFO": path}, lambda status, _headers: seen.append(status))
    return seen[0]


@every_overlay
def test_every_pod_is_as_restricted_as_pod_security_has_it_and_more(overlay: str) -> None:
    (namespace,) = rendering.objects(overlay, "Namespace")
    assert namespace["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "restricted"
    owners = rendering.objects(overlay, "Deployment", "Job")
    for spec in (each["spec"]["template"]["spec"] for each in owners):
        assert spec["automountServiceAccountToken"] is False
        pod = spec["securityContext"]
        assert pod["runAsNonRoot"] is True
        assert pod["runAsUser"] == 10001
        assert pod["seccompProfile"] == {"type": "RuntimeDefault"}
        for container in spec["containers"]:
            assert container["securityContext"] == {
                "allowPrivilegeEscalation": False,
                "readOnlyRootFilesystem": True,
                "capabilities": {"drop": ["ALL"]},
            }
        kinds = {key for volume in spec["volumes"] for key in volume} - {"name"}
        assert kinds <= {"emptyDir", "secret", "configMap"}


@every_overlay
def test_a_stop_has_more_time_than_the_code_takes_for_it(overlay: str) -> None:
    sys.modules.pop("tenantlink_runtime.work", None)
    from tenantlink_runtime import work

    for each in rendering.objects(overlay, "Deployment"):
        spec = each["spec"]["template"]["spec"]
        assert spec["terminationGracePeriodSeconds"] >= 2 * work.STOP_SECONDS


@every_overlay
def test_every_process_has_a_budget_and_a_service_of_its_own(overlay: str) -> None:
    wanted = {
        (each.name, each.service, each.kind)
        for each in rendering.processes(overlay)
        if each.kind != "migrate"
    }
    for kind, selector in (("PodDisruptionBudget", "matchLabels"), ("Service", None)):
        found = set()
        for each in rendering.objects(overlay, kind):
            labels = each["spec"]["selector"]
            labels = labels[selector] if selector else labels
            name, part = labels["app.kubernetes.io/name"], labels["app.kubernetes.io/component"]
            found.add((each["metadata"]["name"], name, part))
        assert found == wanted, kind


@every_overlay
def test_migrations_and_topology_come_first(overlay: str) -> None:
    for job in rendering.objects(overlay, "Job"):
        assert job["metadata"]["labels"]["tenantlink/phase"] == "before"


def test_the_topology_for_the_operator_is_the_one_in_the_code() -> None:
    sys.path.insert(0, str(KUSTOMIZE))
    try:
        import generate  # type: ignore[import-not-found]
    finally:
        sys.path.remove(str(KUSTOMIZE))
    assert generate.TOPOLOGY.read_text() == generate.rendered(list(generate.topology_objects()))


def test_the_operators_objects_say_what_the_code_declares() -> None:
    """Read on its own: what the broker would get, compared as the broker sees it."""
    from tenantlink_runtime import topology

    path = KUSTOMIZE / "components" / "rabbitmq-operators" / "topology.yaml"
    specs: dict[str, list[dict[str, Any]]] = {}
    for each in yaml.safe_load_all(path.read_text()):
        specs.setdefault(each["kind"], []).append(each["spec"])
    wanted = topology.declared()
    assert {(e["name"], e["type"]) for e in specs["Exchange"]} == {
        (e.name, e.type) for e in wanted.exchanges
    }
    assert {
        e["name"]: {"x-queue-type": e["type"], **e.get("arguments", {})} for e in specs["Queue"]
    } == {e.name: e.arguments for e in wanted.queues}
    assert {(e["source"], e["destination"], e["routingKey"]) for e in specs["Binding"]} == {
        (e.exchange, e.queue, e.routing_key) for e in wanted.bindings
    }
    rights = {e["userReference"]["name"]: e["permissions"] for e in specs["Permission"]}
    assert rights == {
        e.user: {"configure": e.configure, "write": e.write, "read": e.read}
        for e in topology.rights()
    }
    assert {each["vhost"] for kind in ("Queue", "Exchange") for each in specs[kind]} == {
        specs["Vhost"][0]["name"]
    }


def test_production_has_the_operators_topology_and_the_others_a_job_for_it() -> None:
    for overlay in OVERLAYS:
        jobs = {each["metadata"]["name"] for each in rendering.objects(overlay, "Job")}
        queues = rendering.objects(overlay, "Queue")
        assert ("topology" in jobs) != bool(queues), overlay


def test_only_the_wizard_is_public_and_no_log_holds_its_paths() -> None:
    for overlay in ("staging", "production"):
        doors = {e["spec"]["ingressClassName"]: e for e in rendering.objects(overlay, "Ingress")}
        assert set(doors) == {"public", "internal"}
        public = doors["public"]
        annotations = public["metadata"]["annotations"]
        assert annotations["nginx.ingress.kubernetes.io/enable-access-log"] == "false"
        backends = {
            path["backend"]["service"]["name"]
            for rule in public["spec"]["rules"]
            for path in rule["http"]["paths"]
        }
        assert backends == {"invitation-web"}
        maps = json.dumps(rendering.objects(overlay, "ConfigMap"))
        for door in doors.values():
            host = door["spec"]["rules"][0]["host"]
            assert f'PUBLIC_URL": "https://{host}"' in maps
            assert door["spec"]["tls"][0]["hosts"] == [host]


def test_every_secret_that_is_used_is_made_by_the_script_for_a_new_installation(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bin_ = Path(sys.executable).parent / "tenantlink"
    subprocess.run([bin_, "keys", "generate", tmp_path], check=True, capture_output=True)
    passwords = tmp_path / "passwords.json"
    subprocess.run([bin_, "topology", "passwords", passwords], check=True, capture_output=True)
    for name in ("onboarding", "invitation", "credential_validator", "notifier"):
        monkeypatch.setenv(f"DATABASE_PASSWORD_{name}", "a/b@c")
    monkeypatch.setenv("OIDC_CLIENT_SECRET", "secret")
    monkeypatch.setenv("MANAGEMENT_PASSWORD", "secret")
    made = subprocess.run(
        [KUSTOMIZE / "secrets.sh", tmp_path], check=True, capture_output=True, text=True
    )
    keys = {
        (each["metadata"]["name"], key)
        for each in yaml.safe_load_all(made.stdout)
        for key in each["data"]
    }
    for process in rendering.processes("production"):
        assert set(process.secrets.values()) <= keys
        for name, value in process.settings.items():
            source = process.mounts.get(str(Path(value).parent))
            if name.endswith("_FILE") and source:
                owner = source.get("secret", {}).get("secretName") or source["configMap"]["name"]
                assert (owner, Path(value).name) in keys
    references = re.findall(r"secretName: (\S+)", rendering.text("development"))
    assert {name for name in references if not name.endswith("-tls")} <= {name for name, _ in keys}


def reachable(process: Process, overlay: str) -> set[tuple[str, int]]:
    """Where its network policies let it go: a short word for whom, and the port."""
    found = set()
    labels = {
        "app.kubernetes.io/name": process.service,
        "app.kubernetes.io/component": process.kind,
        "app.kubernetes.io/part-of": "tenantlink",
    }
    for policy in rendering.objects(overlay, "NetworkPolicy"):
        chosen = policy["spec"]["podSelector"]["matchLabels"]
        if chosen.items() <= labels.items():
            for rule in policy["spec"].get("egress", []):
                for peer in rule["to"]:
                    found |= {(whom(peer), port["port"]) for port in rule["ports"]}
    return found


def whom(peer: dict[str, Any]) -> str:
    """One word for a network policy's peer."""
    if "ipBlock" in peer:
        assert "10.0.0.0/8" in peer["ipBlock"]["except"] or "fc00::/7" in peer["ipBlock"]["except"]
        return "outside"
    labels: dict[str, str] = peer["podSelector"]["matchLabels"]
    (name,) = labels.values()
    return name


@every_overlay
def test_each_process_reaches_what_the_design_lets_it_reach_and_nothing_else(overlay: str) -> None:
    more = {
        ("onboarding", "web"): {("outside", 443)},
        ("credential-validator", "work"): {("outside", 443)},
        ("notifier", "work"): {("outside", 587)},
    }
    for process in rendering.processes(overlay):
        wanted = {("kube-dns", 53), (f"{process.service}-database", 5432)}
        if process.kind == "work":
            wanted.add(("tenantlink-broker", 5672))
        wanted |= more.get((process.service, process.kind), set())
        assert reachable(process, overlay) == wanted, process.name


@every_overlay
def test_what_no_policy_names_is_denied_both_ways(overlay: str) -> None:
    policies = {e["metadata"]["name"]: e for e in rendering.objects(overlay, "NetworkPolicy")}
    spec = policies["default-deny"]["spec"]
    assert spec == {
        "podSelector": {"matchLabels": {"app.kubernetes.io/part-of": "tenantlink"}},
        "policyTypes": ["Ingress", "Egress"],
    }
    for owner in rendering.objects(overlay, "Deployment", "Job"):
        labels = owner["spec"]["template"]["metadata"]["labels"]
        assert labels["app.kubernetes.io/part-of"] == "tenantlink"
