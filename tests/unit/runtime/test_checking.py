"""The screen of `SERVICE check` explains every setting, shows no secret, and says what is wrong."""

import json
import socket
from pathlib import Path

import pytest
from pydantic import SecretStr

from credential_validator.settings import CredentialValidatorSettings
from invitation.settings import InvitationSettings
from notifier.settings import NotifierSettings
from onboarding.settings import OnboardingSettings
from tenantlink_runtime import checking, keys
from tenantlink_runtime.settings import ServiceSettings

ALL = (InvitationSettings, OnboardingSettings, CredentialValidatorSettings, NotifierSettings)
MIGRATIONS = Path(__file__).parents[3] / "services/notifier/migrations"


class Settings(ServiceSettings):
    """A service with nothing of its own."""


def some_settings(folder: Path, **changes: object) -> Settings:
    keys.generate(folder)
    given = {
        "database_url": f"postgresql+psycopg2://someone:hunter2@127.0.0.1:{unused_port()}/none",
        "public_keys_file": folder / "public.jwks.json",
        "sealing_keys_file": folder / "notifier.sealing.jwks.json",
    }
    return Settings.model_validate({**given, **changes})


def unused_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("settings", ALL, ids=lambda each: each.__name__)
def test_every_setting_says_what_it_means(settings: type[ServiceSettings]) -> None:
    silent = [name for name, field in settings.model_fields.items() if not field.description]
    assert silent == []


def test_no_secret_is_shown_and_what_is_wrong_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "220")
    settings = some_settings(tmp_path)
    assert checking.screen("notifier", settings, MIGRATIONS) == 1
    printed = capsys.readouterr().out
    assert "hunter2" not in printed
    assert checking.MASKED in printed
    assert "WRONG" in printed
    assert "the database does not answer" in printed
    assert "has its private half here" in printed


def test_keys_of_another_installation_are_found(tmp_path: Path) -> None:
    other = tmp_path / "other"
    keys.generate(other)
    settings = some_settings(
        tmp_path / "own", sealing_keys_file=other / "notifier.sealing.jwks.json"
    )
    (result,) = checking._sealing("notifier", settings)
    assert not result.good
    assert "cannot be opened here" in result.what


def test_a_service_that_nobody_can_seal_to_is_found(tmp_path: Path) -> None:
    settings = some_settings(tmp_path)
    settings.public_keys_file.write_text(json.dumps({"keys": []}))
    (result,) = checking._sealing("notifier", settings)
    assert not result.good


def test_a_file_that_is_not_there_is_found(tmp_path: Path) -> None:
    result = checking._file("store_keys_file", tmp_path / "none.json")
    assert not result.good
    assert "STORE_KEYS_FILE" in result.what


def test_who_does_not_listen_is_found_and_who_does_is_seen() -> None:
    assert not checking.tcp_answers("the mail server", "127.0.0.1", unused_port()).good
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert checking.tcp_answers("the mail server", *server.getsockname()).good


@pytest.mark.parametrize(
    ("value", "words"),
    [(None, "-"), (SecretStr("x"), checking.MASKED), (("a", "b"), "a, b"), ((), "-"), (5, "5")],
)
def test_values_are_shown_as_people_write_them(value: object, words: str) -> None:
    assert checking.shown(value) == words
