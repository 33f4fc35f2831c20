"""The broker's passwords: hashed as RabbitMQ wants them, kept in a file for one reader alone."""

import base64
import hashlib
import json
from pathlib import Path

import pytest

from tenantlink_runtime import broker_passwords
from tenantlink_runtime.broker_passwords import PasswordsUnusable

SHA256 = "rabbit_password_hashing_sha256"


def test_a_password_is_hashed_as_rabbitmq_documents_it() -> None:
    # The example of RabbitMQ's own page on passwords: 'test12' with the salt 908DC60A.
    assert broker_passwords.hashed("test12", bytes.fromhex("908DC60A")) == {
        "password_hash": "kI3GCqW5JLMJa4iX1lo7X4D6XbYqlLgxIs30+P6tENUV2POR",
        "hashing_algorithm": SHA256,
    }


def test_two_hashes_of_one_password_differ_by_their_salt_and_both_match() -> None:
    first, second = (broker_passwords.hashed("x") for _ in range(2))
    assert first != second
    assert all(broker_passwords.matches("x", **each) for each in (first, second))
    assert not any(broker_passwords.matches("y", **each) for each in (first, second))


def test_a_hash_that_the_broker_made_with_sha512_matches_too() -> None:
    made = base64.b64encode(b"salt" + hashlib.sha512(b"salt" + b"x").digest()).decode()
    assert broker_passwords.matches("x", made, "rabbit_password_hashing_sha512")
    assert not broker_passwords.matches("x", made, SHA256)


@pytest.mark.parametrize("algorithm", ["rabbit_password_hashing_md5", ""])
def test_what_we_cannot_check_does_not_match(algorithm: str) -> None:
    assert not broker_passwords.matches("x", "", algorithm)


def test_the_file_is_for_its_owner_alone_and_none_of_its_passwords_is_ever_replaced(
    tmp_path: Path,
) -> None:
    path = tmp_path / "broker.json"
    assert broker_passwords.extend(path, ["onboarding"]) == ["onboarding"]
    first = broker_passwords.read(path)
    assert broker_passwords.extend(path, ["onboarding", "crm"]) == ["crm"]
    assert broker_passwords.extend(path, ["onboarding", "crm"]) == []
    after = broker_passwords.read(path)
    assert after["onboarding"] == first["onboarding"]
    assert len(after["crm"]) >= 32
    assert after["crm"] != after["onboarding"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["broker.json"]


@pytest.mark.parametrize(("mode", "usable"), [(0o600, True), (0o440, True), (0o604, False)])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int, usable: bool) -> None:
    path = tmp_path / "broker.json"
    path.write_text(json.dumps({"crm": "x"}))
    path.chmod(mode)
    if usable:
        assert broker_passwords.read(path) == {"crm": "x"}
    else:
        with pytest.raises(PasswordsUnusable, match="chmod 600"):
            broker_passwords.read(path)


@pytest.mark.parametrize("text", ["", "[]", '{"crm": 5}', '{"crm": ""}', "\x00"])
def test_a_file_of_anything_else_is_refused_and_kept(tmp_path: Path, text: str) -> None:
    path = tmp_path / "broker.json"
    path.touch(mode=0o600)
    path.write_text(text)
    with pytest.raises(PasswordsUnusable, match="JSON"):
        broker_passwords.extend(path, ["onboarding"])
    assert path.read_text() == text


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(PasswordsUnusable, match="cannot be written"):
        broker_passwords.extend(tmp_path / "none" / "broker.json", ["onboarding"])
