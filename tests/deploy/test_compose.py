"""The Compose file is one, and says the same as the code."""

import re
import subprocess
from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]
from pydantic_core import PydanticUndefined

from tenantlink_contracts.names import SERVICES
from tenantlink_runtime import keys, topology
from tests.deploy import rendering
from tests.deploy.rendering import ROOT, TOOLS

FILE = ROOT / "deploy" / "compose.yaml"
READER = Path(__file__).parent / "compose_file.py"
_VARIABLE = re.compile(r"\$\{(\w+):([-?])([^}]*)\}")
WANTED = {"work": {"AMQP_URL", "SEALING_KEYS_FILE"}, "web": {"SESSION_KEY_FILE"}}


def filled(text: str) -> str:
    """The text as Compose sees it: defaults where there are some, else a value of ours."""
    text = _VARIABLE.sub(lambda found: found[3] if found[2] == "-" else "given", text)
    return text.replace("$$", "$")


def strictly_read(text: str) -> str:
    """What a strict reader has against it; nothing where it is good."""
    done = subprocess.run(
        [TOOLS / "python", READER], input=text, capture_output=True, text=True, check=False
    )
    return done.stderr if done.returncode else ""


def processes() -> dict[tuple[str, str], dict[str, Any]]:
    """Ours, by service and kind."""
    found = yaml.safe_load(filled(FILE.read_text()))["services"]
    ours = {name: each for name, each in found.items() if name.rpartition("-")[0] in SERVICES}
    return {(n.rpartition("-")[0], n.rpartition("-")[2]): each for n, each in ours.items()}


def test_a_strict_reader_takes_the_file_and_would_not_take_a_misspelt_one() -> None:
    text = filled(FILE.read_text())
    assert strictly_read(text) == ""
    assert "read_onyl" in strictly_read(text.replace("read_only", "read_onyl"))


def test_it_has_every_process_of_the_product() -> None:
    kinds = {(s, k) for s in SERVICES for k in ("migrate", "work")}
    assert set(processes()) == kinds | {("onboarding", "web"), ("invitation", "web")}


def test_every_variable_is_read_by_the_settings_class_and_every_required_one_is_set() -> None:
    for (service, kind), process in processes().items():
        fields = rendering.settings_class(service).model_fields
        prefix = f"{service}_".replace("-", "_").upper()
        needed = {name.upper() for name, f in fields.items() if f.default is PydanticUndefined}
        needed |= WANTED.get(kind, set())
        given = set(process["environment"])
        assert given <= {f"{prefix}{name}".upper() for name in fields}, (service, kind)
        assert {f"{prefix}{name}" for name in needed} <= given, (service, kind)
        assert process["command"] == [service.replace("-", "_"), kind]


def test_every_mounted_file_is_one_that_an_installation_has(tmp_path: Path) -> None:
    made = {path.name for path in keys.generate(tmp_path)} | {"onboarding.oidc.secret", "brands"}
    for process in processes().values():
        mounts = process.get("volumes", [])
        assert {each.split(":")[1].rpartition("/")[2] for each in mounts} <= made
        inside = {each.split(":")[1] for each in mounts}
        read = ("_FILE", "_BRANDS", "_BRANDS_FOLDER")
        files = {v for k, v in process["environment"].items() if k.endswith(read)}
        assert inside <= files


def test_wizard_and_mails_have_the_same_brands_and_only_the_console_opens_what_is_sealed() -> None:
    folder = "${BRANDS:-./.compose/brands}:/run/tenantlink/brands:ro"
    assert FILE.read_text().count(folder) == 2
    found = processes()
    for service, kind, name in (
        ("invitation", "web", "INVITATION_BRANDS_FOLDER"),
        ("notifier", "work", "NOTIFIER_BRANDS"),
    ):
        process = found[service, kind]
        assert process["environment"][name] == "/run/tenantlink/brands"
        assert any(each.split(":")[1] == "/run/tenantlink/brands" for each in process["volumes"])
    for (service, kind), process in found.items():
        mounts = " ".join(process.get("volumes", []))
        opens = kind == "work" or (service, kind) == ("onboarding", "web")
        assert (f"/{service}.sealing.jwks.json:ro" in mounts) == opens, (service, kind)
        assert mounts.count(".sealing.") == (2 if opens else 0), (service, kind)


def test_a_web_process_is_not_on_the_brokers_network_and_no_work_process_without_need_outside() -> (
    None
):
    for (service, kind), process in processes().items():
        networks = set(process["networks"])
        assert ("broker" in networks) == (kind == "work")
        reaches_out = kind == "web" or (
            kind == "work" and service in ("credential-validator", "notifier")
        )
        assert ("outside" in networks) == reaches_out
        assert process["read_only"] is True
        assert process["user"] == "10001:10001"


def test_the_brokers_users_have_the_passwords_that_the_services_use() -> None:
    text = FILE.read_text()
    for each in topology.rights():
        variable = f"{each.user}_broker_password".replace("-", "_").upper()
        assert f"amqp://{each.user}:${{{variable}:?" in text
