"""Times people type, ages that ids tell, and what is shown of a message from a stranger."""

import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr
from rich.console import Console

from tenantlink_runtime import dead_letters_command, dead_letters_view
from tenantlink_runtime.dead_letters import Candidate, DeadLetter, WholeLetter, time_in
from tenantlink_runtime.settings import ServiceSettings

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ID = UUID("01957a00-0000-7000-8000-000000000001")
SERVICES = ["invitation", "onboarding", "credential_validator", "notifier"]


def uuid7_of(at: datetime) -> str:
    """An id as it was made at that time."""
    milliseconds = int(at.timestamp() * 1000)
    return str(UUID(int=milliseconds << 80 | 0x7 << 76 | 0x8 << 60))


def a_letter(event_type: str | None = None, reason: str = "refused") -> DeadLetter:
    return DeadLetter(ID, "dead", "sample.inbox", event_type, None, None, 5, NOW, None, reason)


def shown(body: bytes, headers: dict[str, str] | None = None, reason: str = "refused") -> str:
    letter = WholeLetter(a_letter(reason=reason), "application/json", headers or {}, body)
    console = Console(width=200, highlight=False)
    with console.capture() as captured:
        for part in dead_letters_view.details(letter, NOW):
            console.print(part, soft_wrap=True)
    return captured.get()


@pytest.mark.parametrize(
    ("text", "before"),
    [
        ("90s", timedelta(seconds=90)),
        ("30m", timedelta(minutes=30)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("1w", timedelta(weeks=1)),
    ],
)
def test_a_time_can_be_how_long_ago(text: str, before: timedelta) -> None:
    assert dead_letters_command.time_before(text, NOW) == NOW - before


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-03-01", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T14:30", datetime(2026, 3, 1, 14, 30, tzinfo=UTC)),
        ("2026-03-01T14:30Z", datetime(2026, 3, 1, 14, 30, tzinfo=UTC)),
        ("2026-03-01T14:30+01:00", datetime(2026, 3, 1, 13, 30, tzinfo=UTC)),
    ],
)
def test_a_time_can_be_iso_and_is_utc_where_it_names_no_zone(text: str, at: datetime) -> None:
    assert dead_letters_command.time_before(text, NOW) == at


@pytest.mark.parametrize("text", ["", "h", "yesterday", "2x", "-2h", "1.5h", "²h", "9999999999w"])
def test_what_is_no_time_is_explained(text: str) -> None:
    with pytest.raises(dead_letters_command.Mistake, match="is no time"):
        dead_letters_command.time_before(text, NOW)


def test_the_age_of_an_event_stands_in_its_uuidv7() -> None:
    assert time_in(uuid7_of(NOW)) == NOW


@pytest.mark.parametrize("event_id", [None, "", "ORDER-1", str(uuid4())])
def test_other_ids_tell_no_age(event_id: str | None) -> None:
    assert time_in(event_id) is None


@pytest.mark.parametrize(
    ("event_id", "first_seen", "forgotten"),
    [
        (uuid7_of(NOW - timedelta(days=36)), NOW, True),
        (uuid7_of(NOW - timedelta(days=34)), NOW, False),
        ("ORDER-1", NOW - timedelta(days=34), False),
        ("ORDER-1", NOW - timedelta(days=36), True),
        (uuid7_of(NOW + timedelta(days=1)), NOW - timedelta(days=36), True),
    ],
)
def test_an_event_is_as_old_as_its_id_or_as_the_time_it_was_first_seen(
    event_id: str, first_seen: datetime, forgotten: bool
) -> None:
    assert Candidate(ID, event_id, first_seen).may_be_forgotten(NOW) is forgotten


@pytest.mark.parametrize(
    ("event_type", "name"),
    [
        ("tenantlink.ServiceCreated.v1", "ServiceCreated"),
        ("tenantlink.ServiceCreated.v2", "tenantlink.ServiceCreated.v2"),
        ("com.crm.Order", "com.crm.Order"),
        (None, None),
    ],
)
def test_an_event_is_called_by_its_name_where_it_is_one_of_ours(
    event_type: str | None, name: str | None
) -> None:
    assert a_letter(event_type).event == name


def test_a_body_is_shown_pretty_and_without_what_is_secret() -> None:
    text = shown(b'{"email": "j\xc3\xbcrg@contoso.example", "client_secret": "hunter2"}')
    assert '"email": "jürg@contoso.example"' in text
    assert "hunter2" not in text
    assert '"hidden": "not sealed"' in text


@pytest.mark.parametrize("body", [b"\x00hunter2", b"hunter2", b"[" * 100_000, b"\xff\xfe{"])
def test_of_a_body_that_is_not_json_only_length_and_checksum_are_shown(body: bytes) -> None:
    text = shown(body)
    assert f"Body, {len(body)} bytes\nnot JSON; sha256 " in text
    assert "hunter2" not in text


@pytest.mark.parametrize("width", [80, 200])
def test_a_list_shows_whole_words_on_a_narrow_terminal_too(width: int) -> None:
    letter = a_letter("tenantlink.ServiceCreated.v1", reason="no such order")
    console = Console(width=width, highlight=False)
    with console.capture() as captured:
        for part in dead_letters_view.listed([letter], NOW, width):
            console.print(part)
    for words in (str(ID), "ServiceCreated", "2026-03-02 09:00:00Z", "no such order"):
        assert words in captured.get()


def test_what_a_stranger_wrote_steers_no_terminal() -> None:
    wicked = "\x1b[2J\u202e[bold]x"
    text = shown(b'{"note": "\\u001b[2J\\u202e\\ud800"}', {"ce-type": wicked}, reason=wicked)
    assert "\x1b" not in text
    assert "\u202e" not in text
    assert "\\x1b[2J\\u202e[bold]x" in text


def test_a_secret_in_a_header_is_not_shown() -> None:
    assert "hunter2" not in shown(b"{}", {"authorization": "hunter2", "ce-id": str(ID)})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["replay"], "Which? Give IDs, or a filter"),
        (["discard", "--yes"], "Which? Give IDs, or a filter"),
        (["replay", "--all", "--status", "dead"], "--all means everything"),
        (["replay", str(ID), "--status", "dead"], "Give IDs or filters, not both"),
        (["show", str(ID), str(ID), "--raw-to", "x"], "give one ID"),
        (["show", "7"], "valid UUID"),
        (["list", "--since", "soon"], "'soon' is no time"),
        (["list", "--status", "lost"], "'lost' is not one of"),
        (["list"], "The database of sample does not do it"),
    ],
)
def test_a_mistake_is_explained_with_exit_code_2(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def settings() -> ServiceSettings:
        nowhere = SecretStr("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
        return ServiceSettings(database_url=nowhere, public_keys_file=Path(os.devnull))

    assert dead_letters_command.run("sample", settings, arguments) == 2
    assert words in " ".join(capsys.readouterr().err.replace("│", " ").split())


@pytest.mark.parametrize("package", SERVICES)
def test_help_is_there_without_settings_and_teaches_by_examples(package: str) -> None:
    done = subprocess.run(
        [sys.executable, "-m", package, "dead-letters", "replay", "--help"],
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "Examples:" in done.stdout
    assert "--dry-run" in done.stdout


@pytest.mark.parametrize("package", SERVICES)
def test_a_work_process_imports_nothing_of_this_before_its_hub_is_in_place(package: str) -> None:
    code = (
        f"import {package}.__main__, sys; "
        "print({'typer', 'rich', 'sqlalchemy', 'eventlet', 'pydantic'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
