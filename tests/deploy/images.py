"""The four images, built as `make image` builds them, and processes started from them."""

import base64
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

import yaml  # type: ignore[import-untyped]

from tenantlink_local.servers import Servers
from tests.deploy.rendering import KUSTOMIZE, ROOT, Process

BUILDAH = [
    "buildah",
    *("--root", str(ROOT / ".deploy" / "storage")),
    *("--runroot", str(ROOT / ".deploy" / "run")),
]
TAG = "tested"
_BASE = "localhost/tenantlink-base"
_RUN = Path(__file__).parent / "run-in-image.sh"
Secrets = dict[str, dict[str, bytes]]


@dataclass(frozen=True)
class Image:
    """A built image, its root mounted, and what it says about itself."""

    root: Path
    config: dict[str, Any]

    @property
    def environment(self) -> dict[str, str]:
        """Of every process that is started from it."""
        return dict(each.split("=", 1) for each in self.config["Env"])


def build() -> None:
    """All four; what has not changed since the last time is taken from there."""
    around = {"BUILDER": " ".join(BUILDAH), "BASE": _BASE, "TAG": TAG}
    around["BUILDER_OPTIONS"] = "--isolation chroot --network host"
    for script in ("base-image.sh", "image.sh"):
        done = subprocess.run(
            [ROOT / "deploy" / script], env=os.environ | around,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
        )  # fmt: skip
        assert done.returncode == 0, done.stdout[-4000:]


def mount(service: str) -> tuple[str, Image]:
    """The container that holds the mount, and the image; `unmount` it afterwards."""
    container = _buildah("from", "--pull-never", f"localhost/tenantlink/{service}:{TAG}")
    config = json.loads(_buildah("inspect", "--type", "container", container))
    return container, Image(
        Path(_buildah("mount", container)), config["OCIv1"]["config"] | {"of": container}
    )


def unmount(container: str) -> None:
    """Take the container away, and its mount with it."""
    _buildah("rm", container)


def remove_unused() -> None:
    """Layers that no image has any more, from earlier runs."""
    _buildah("rmi", "--prune", "--force")


def _buildah(*arguments: str) -> str:
    done = subprocess.run([*BUILDAH, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def secrets(folder: Path, servers: Servers, management_url: str) -> Secrets:
    """What the script for a new installation makes, for these servers."""
    tenantlink = str(Path(sys.executable).parent / "tenantlink")
    subprocess.run([tenantlink, "keys", "generate", folder], check=True, capture_output=True)
    urls = {service: urlsplit(url) for service, url in servers.messaging.service_urls.items()}
    passwords = folder / "passwords.json"
    passwords.touch(mode=0o600)
    passwords.write_text(json.dumps({s: unquote(u.password or "") for s, u in urls.items()}))
    databases = {p: urlsplit(url) for p, url in servers.database.service_urls.items()}
    management, database = urlsplit(management_url), next(iter(databases.values()))
    around = {
        "BROKER": f"127.0.0.1:{next(iter(urls.values())).port}",
        "MANAGEMENT": f"http://127.0.0.1:{management.port}",
        "MANAGEMENT_USER": management.username or "",
        "MANAGEMENT_PASSWORD": management.password or "",
        "DATABASE_HOST_OF": f"127.0.0.1:{database.port}",
        "OIDC_CLIENT_SECRET": "not-used-here",
        **{f"DATABASE_PASSWORD_{p}": unquote(u.password or "") for p, u in databases.items()},
    }
    made = subprocess.run(
        [KUSTOMIZE / "secrets.sh", folder], env=os.environ | around,
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    return {
        each["metadata"]["name"]: {
            key: base64.b64decode(value) if each["kind"] == "Secret" else value.encode()
            for key, value in each["data"].items()
        }
        for each in yaml.safe_load_all(made.stdout)
    }


def start(
    process: Process, image: Image, made: Secrets, folder: Path, **ports: int
) -> "subprocess.Popen[bytes]":
    """Start it with the environment, the files and the user that the manifests give it."""
    given = {name: made[secret][key].decode() for name, (secret, key) in process.secrets.items()}
    moved = {f"{process.prefix}{name}": str(port) for name, port in ports.items()}
    environment = image.environment | process.settings | given | moved
    command = [*image.config["Entrypoint"], *process.container["args"]]
    return run(command, environment, image, _mounted(process.mounts, made, folder), folder)


def run(
    command: list[str], environment: dict[str, str], image: Image, files: Path, folder: Path
) -> "subprocess.Popen[bytes]":
    """A command in the image; what it prints is in `folder`/log."""
    around = ["unshare", "--mount", str(_RUN), str(image.root), str(files), image.config["User"]]
    with (folder / "log").open("wb") as log:
        variables = [f"{name}={value}" for name, value in environment.items()]
        return subprocess.Popen(
            [*around, "env", "-i", *variables, *command], stdout=log, stderr=subprocess.STDOUT
        )


def _mounted(mounts: dict[str, Any], made: Secrets, folder: Path) -> Path:
    """A folder with what the pod's volumes of Secrets and ConfigMaps would hold; one that may be
    missing, and is, leaves an empty folder."""
    files = folder / "files"
    for path, volume in mounts.items():
        source = volume.get("secret", {}).get("secretName") or volume.get("configMap", {}).get(
            "name"
        )
        if source:
            place = files / Path(path).relative_to("/run/tenantlink")
            place.mkdir(parents=True)
            may_be_missing = volume.get("configMap", {}).get("optional", False)
            found = made.get(source, {}) if may_be_missing else made[source]
            for name, content in found.items():
                (place / name).write_bytes(content)
    files.mkdir(exist_ok=True)
    return files
