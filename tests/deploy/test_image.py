"""The images hold what they need and nothing more, and every kind of process runs from them."""

import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tenantlink_contracts.names import SERVICES
from tenantlink_local import ports, servers
from tenantlink_local.servers import Servers
from tests.deploy import images, rendering
from tests.deploy.images import Image, Secrets
from tests.deploy.rendering import Process
from tests.support.ports import free_port
from tests.support.waiting import eventually

USER = 10001
ALL = {each.name: each for each in rendering.processes("development")}
LASTING = sorted(name for name, each in ALL.items() if each.kind != "migrate")


@pytest.fixture(scope="module")
def built() -> Iterator[dict[str, Image]]:
    """The four images, mounted."""
    images.build()
    with ExitStack() as stack:
        found = {}
        for service in SERVICES:
            container, image = images.mount(service)
            stack.callback(images.unmount, container)
            found[service] = image
        yield found
    images.remove_unused()


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    """A folder that an unprivileged user can reach."""
    folder = Path(tempfile.mkdtemp(prefix="tenantlink-deploy-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def around(place: Path) -> Iterator[Servers]:
    """A broker and a database server."""
    running = servers.start(place / "servers", ports.choose(servers.PORTS))
    yield running
    running.stop()


@pytest.fixture(scope="module")
def made(place: Path, around: Servers) -> Secrets:
    """The Secrets of a new installation."""
    return images.secrets(place / "keys", around, around.messaging.management_url or "")


@pytest.fixture(scope="module")
def prepared(built: dict[str, Image], made: Secrets, place: Path) -> None:
    """What the Jobs do before anything else: topology and migrations, each from its image."""
    topology(built["onboarding"], made, place / "topology")
    for process in ALL.values():
        if process.kind == "migrate":
            folder = place / process.name
            folder.mkdir()
            child = images.start(process, built[process.service], made, folder)
            assert child.wait(timeout=120) == 0, (folder / "log").read_text()


def topology(image: Image, made: Secrets, folder: Path) -> None:
    """The topology Job, with its own command and files."""
    (job,) = (
        each
        for each in rendering.objects("development", "Job")
        if each["metadata"]["name"] == "topology"
    )
    (container,) = job["spec"]["template"]["spec"]["containers"]
    secret = container["env"][0]["valueFrom"]["secretKeyRef"]
    url = made[secret["name"]][secret["key"]].decode()
    files = folder / "files" / "passwords"
    files.mkdir(parents=True)
    (files / "passwords.json").write_bytes(made["tenantlink-topology"]["passwords.json"])
    environment = image.environment | {container["env"][0]["name"]: url}
    command = [*container["command"], *container["args"]]
    child = images.run(command, environment, image, files.parent, folder)
    assert child.wait(timeout=120) == 0, (folder / "log").read_text()


@pytest.fixture(scope="module")
def start(
    prepared: None, built: dict[str, Image], made: Secrets, place: Path
) -> Iterator[Callable[[Process], tuple["subprocess.Popen[bytes]", int]]]:
    """Starts a process; what still runs at the end is ended."""
    children: list[subprocess.Popen[bytes]] = []

    def begin(process: Process) -> tuple["subprocess.Popen[bytes]", int]:
        folder = place / process.name
        folder.mkdir()
        port = free_port()
        more = {"WEB_PORT": free_port()} if process.kind == "web" else {}
        image = built[process.service]
        child = images.start(process, image, made, folder, INTERNAL_PORT=port, **more)
        children.append(child)
        return child, port

    yield begin
    for child in children:
        if child.poll() is None:
            child.kill()
            child.wait()


def answer(port: int, path: str) -> str:
    """Of the internal port; nothing while there is none."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as response:
            return str(response.read().decode())
    except (OSError, urllib.error.HTTPError):
        return ""


@pytest.mark.parametrize("name", LASTING)
def test_a_process_of_the_image_becomes_ready_without_any_right_and_stops_when_told(
    start: Callable[[Process], tuple["subprocess.Popen[bytes]", int]], name: str, place: Path
) -> None:
    child, port = start(ALL[name])

    def ready() -> bool:
        assert child.poll() is None, (place / name / "log").read_text()[-3000:]
        return answer(port, "/health/ready") == "yes\n"

    eventually(ready, seconds=120, what=f"readiness of {name}")
    assert answer(port, "/health/live") == "yes\n"
    shown = "tenantlink_events_published_total" if ALL[name].kind == "work" else "python_info"
    assert shown in answer(port, "/metrics")
    rights = status(child.pid)
    assert rights["Uid"] == [str(USER)] * 4
    assert rights["Groups"] == []
    assert rights["NoNewPrivs"] == ["1"]
    assert {int(rights[name][0], 16) for name in ("CapEff", "CapPrm", "CapBnd")} == {0}
    assert " ro," in root_mount(child.pid)
    child.terminate()
    assert child.wait(timeout=120) == 0, (place / name / "log").read_text()[-3000:]


def status(pid: int) -> dict[str, list[str]]:
    """What the kernel says of a process."""
    rows = Path(f"/proc/{pid}/status").read_text().splitlines()
    return {name: value.split() for name, _, value in (row.partition(":") for row in rows)}


def root_mount(pid: int) -> str:
    """The line of the mount that is a process' root."""
    rows = Path(f"/proc/{pid}/mounts").read_text().splitlines()
    return next(row for row in reversed(rows) if row.split()[1] == "/")


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_no_build_tools_no_pip_and_nothing_its_user_may_write(
    built: dict[str, Image], service: str
) -> None:
    image = built[service]
    assert image.config["User"] == f"{USER}:{USER}"
    tools = ("gcc", "cc", "make", "pip", "pip3", "git", "curl", "wget")
    found = [each for tool in tools for each in image.root.glob(f"**/bin/{tool}")]
    assert not found
    packages = image.root / "opt" / "venv" / "lib" / "python3.11" / "site-packages"
    names = {path.name for path in packages.iterdir()}
    assert "nameko" in names
    assert not names & {"pip", "setuptools", "hatchling", "editables"}
    assert not writable(image.root)


def writable(root: Path) -> list[Path]:
    """Files and folders that a stranger may change, but for those that are meant for it."""
    meant = {root / "tmp", root / "var" / "tmp", root / "run" / "lock"}
    return [
        path
        for part in ("app", "opt", "etc", "usr", "var", "run")
        for path in (root / part).rglob("*")
        if not path.is_symlink() and path.stat().st_mode & 0o002 and path not in meant
        and not path.is_char_device()
    ]  # fmt: skip


@pytest.mark.parametrize("service", SERVICES)
def test_an_image_holds_its_own_service_alone_and_no_setting_of_the_builder(
    built: dict[str, Image], service: str
) -> None:
    image = built[service]
    packages = {each.replace("-", "_") for each in SERVICES}
    there = {path.name for path in (image.root / "app" / "src").iterdir()} & packages
    assert there == {service.replace("-", "_")}
    assert image.config["Labels"]["org.opencontainers.image.title"] == f"tenantlink-{service}"
    assert not (image.root / "etc" / "pip.conf").exists()
    assert set(image.environment) == {
        "PATH", "PYTHONPATH", "PYTHONUNBUFFERED", "PYTHONDONTWRITEBYTECODE",
    }  # fmt: skip
    assert not list((image.root / "run").rglob("secrets/*"))
