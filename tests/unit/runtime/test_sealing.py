"""A sealed field opens with one key, in one place."""

from pathlib import Path
from uuid import UUID

import pytest

from tenantlink_contracts import names
from tenantlink_contracts.invitation import CredentialsSubmitted, InvitationIssued
from tenantlink_runtime import keys
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.sealing import (
    CannotOpen,
    PrivateKeys,
    PublicKeys,
    SealContext,
    StoreKeys,
)

SUBJECT = new_id()
HERE = SealContext(CredentialsSubmitted, SUBJECT, 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("keys")
    keys.generate(path)
    return path


def private(folder: Path, service: str) -> PrivateKeys:
    return PrivateKeys.load(folder / f"{service}.sealing.jwks.json")


def sealed(folder: Path) -> str:
    public = PublicKeys.load(folder / "public.jwks.json")
    return public.seal("hunter2", names.CREDENTIAL_VALIDATOR, HERE)


def test_the_service_it_is_sealed_to_opens_it(folder: Path) -> None:
    assert private(folder, names.CREDENTIAL_VALIDATOR).open(sealed(folder), HERE) == "hunter2"


@pytest.mark.parametrize("service", [names.INVITATION, names.ONBOARDING, names.NOTIFIER])
def test_no_other_service_opens_it(folder: Path, service: str) -> None:
    with pytest.raises(CannotOpen):
        private(folder, service).open(sealed(folder), HERE)


@pytest.mark.parametrize(
    "elsewhere",
    [
        SealContext(InvitationIssued, SUBJECT, 1),
        SealContext(CredentialsSubmitted, new_id(), 1),
        SealContext(CredentialsSubmitted, SUBJECT, 2),
    ],
)
def test_it_does_not_open_in_another_event_subject_or_round(
    folder: Path, elsewhere: SealContext
) -> None:
    with pytest.raises(CannotOpen, match="another place"):
        private(folder, names.CREDENTIAL_VALIDATOR).open(sealed(folder), elsewhere)


def test_a_changed_seal_does_not_open(folder: Path) -> None:
    text = sealed(folder)
    changed = text[:-2] + ("AA" if text[-2:] != "AA" else "BB")
    with pytest.raises(CannotOpen):
        private(folder, names.CREDENTIAL_VALIDATOR).open(changed, HERE)


def test_the_same_text_is_sealed_differently_each_time(folder: Path) -> None:
    assert sealed(folder) != sealed(folder)
    assert "hunter2" not in sealed(folder)


def test_a_secret_at_rest_opens_only_in_its_own_row(folder: Path) -> None:
    store = StoreKeys.load(folder / "credential-validator.store.jwks.json")
    record, other = new_id(), new_id()
    locked = store.lock("hunter2", record)
    assert store.unlock(locked, record) == "hunter2"
    with pytest.raises(CannotOpen):
        store.unlock(locked, other)


def test_key_files_are_made_once_and_are_readable_by_their_owner_alone(folder: Path) -> None:
    assert keys.generate(folder) == []
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}


def test_ids_sort_by_time() -> None:
    ids = [new_id() for _ in range(100)]
    assert ids == sorted(ids)
    assert all(isinstance(each, UUID) and each.version == 7 for each in ids)
