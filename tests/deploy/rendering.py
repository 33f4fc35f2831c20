"""What kubectl makes of an overlay, and the processes that are in it."""

import functools
import importlib
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]

from tenantlink_contracts.names import SERVICES
from tenantlink_runtime.settings import ServiceSettings

ROOT = Path(__file__).parents[2]
KUSTOMIZE = ROOT / "deploy" / "kustomize"
OVERLAYS = sorted(path.name for path in (KUSTOMIZE / "overlays").iterdir())
TOOLS = ROOT / ".venv-deploy" / "bin"
KUBECTL = shutil.which("kubectl") or "kubectl is missing"
Object = dict[str, Any]
_SETTINGS = {
    "onboarding": ("onboarding.settings", "OnboardingSettings"),
    "invitation": ("invitation.settings", "InvitationSettings"),
    "credential-validator": ("credential_validator.settings", "CredentialValidatorSettings"),
    "notifier": ("notifier.settings", "NotifierSettings"),
}


def settings_class(service: str) -> type[ServiceSettings]:
    """The class that reads a service's environment."""
    module, name = _SETTINGS[service]
    found: type[ServiceSettings] = getattr(importlib.import_module(module), name)
    return found


@functools.cache
def text(overlay: str) -> str:
    """An overlay as it would be applied."""
    done = subprocess.run(
        [KUBECTL, "kustomize", str(KUSTOMIZE / "overlays" / overlay)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def objects(overlay: str, *kinds: str) -> list[Object]:
    """Its objects, of these kinds or all."""
    found = yaml.safe_load_all(text(overlay))
    return [each for each in found if not kinds or each["kind"] in kinds]


@dataclass(frozen=True)
class Process:
    """One container of ours, with the whole environment it gets."""

    name: str
    service: str
    kind: str
    pod: Object
    container: Object
    settings: dict[str, str]
    secrets: dict[str, tuple[str, str]]

    @property
    def variables(self) -> set[str]:
        """The names of all its environment variables."""
        return set(self.settings) | set(self.secrets)

    @property
    def prefix(self) -> str:
        """Of its settings."""
        return f"{self.service}_".replace("-", "_").upper()

    @property
    def mounts(self) -> dict[str, Object]:
        """Where which volume is mounted."""
        volumes = {each["name"]: each for each in self.pod["volumes"]}
        return {m["mountPath"]: volumes[m["name"]] for m in self.container["volumeMounts"]}


def processes(overlay: str) -> list[Process]:
    """Every container of the four services: `work`, `web` and `migrate`."""
    maps = {each["metadata"]["name"]: each for each in objects(overlay, "ConfigMap")}
    return list(_processes(objects(overlay, "Deployment", "Job"), maps))


def _processes(owners: list[Object], maps: dict[str, Object]) -> Iterator[Process]:
    for owner in owners:
        template = owner["spec"]["template"]
        service = template["metadata"]["labels"]["app.kubernetes.io/name"]
        if service not in SERVICES:
            continue
        (container,) = template["spec"]["containers"]
        settings: dict[str, str] = {}
        for source in container["envFrom"]:
            settings |= maps[source["configMapRef"]["name"]]["data"]
        given = container["env"]
        settings |= {each["name"]: each["value"] for each in given if "value" in each}
        refs = {e["name"]: e["valueFrom"]["secretKeyRef"] for e in given if "valueFrom" in e}
        yield Process(
            owner["metadata"]["name"],
            service,
            template["metadata"]["labels"]["app.kubernetes.io/component"],
            template["spec"],
            container,
            settings,
            {name: (ref["name"], ref["key"]) for name, ref in refs.items()},
        )
