"""Tokens: long, random, and kept only as a hash that needs a key which is not in the database."""

import base64
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.sealed import SealedLinkMinter, SealedSecrets
from tenantlink_contracts.fact import Fact
from tenantlink_contracts.invitation import CredentialsSubmitted, InvitationIssued
from tenantlink_contracts.names import NOTIFIER
from tenantlink_runtime import keys
from tenantlink_runtime.clock import new_id
from tenantlink_runtime.sealing import CannotOpen, PrivateKeys, PublicKeys, SealContext
from tests.support.events import SUBJECT

OLD, NEW = b"o" * 32, b"n" * 32


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The key files of an installation."""
    folder = tmp_path_factory.mktemp("keys")
    keys.generate(folder)
    return folder


@pytest.fixture(scope="module")
def minter(folder: Path) -> SealedLinkMinter:
    """Mints as the service does."""
    tokens = LinkTokens.load(folder / "invitation.link.jwks.json")
    public = PublicKeys.load(folder / "public.jwks.json")
    return SealedLinkMinter(tokens, public, "https://wizard.example/")


def opened(folder: Path, service: str, sealed: str, fact: type[Fact], round_: int = 1) -> str:
    """What a service reads in a sealed text."""
    private = PrivateKeys.load(folder / f"{service}.sealing.jwks.json")
    return private.open(sealed, SealContext(fact, SUBJECT, round_))


def a_key_file(folder: Path, held: Sequence[bytes], kind: str = "oct") -> Path:
    """A JWKS file with these keys."""
    path = folder / "link.jwks.json"
    rows = [{"kty": kind, "k": base64.urlsafe_b64encode(k).decode().rstrip("=")} for k in held]
    path.write_text(json.dumps({"keys": rows}))
    return path


def test_a_token_has_256_random_bits_and_fits_into_an_address() -> None:
    tokens = LinkTokens([OLD])
    made = {tokens.new() for _ in range(100)}
    assert len(made) == 100
    assert all(len(base64.urlsafe_b64decode(each + "=")) == 32 for each in made)


def test_a_hash_is_stable_and_does_not_contain_its_token() -> None:
    tokens = LinkTokens([OLD])
    token = tokens.new()
    assert tokens.hash(token) == LinkTokens([OLD]).hash(token)
    assert token not in tokens.hash(token)
    assert tokens.hash(token) != tokens.hash(tokens.new())


def test_without_the_key_a_token_has_another_hash() -> None:
    assert LinkTokens([OLD]).hash("token") != LinkTokens([NEW]).hash("token")


def test_links_made_under_an_older_key_of_the_file_are_still_found(tmp_path: Path) -> None:
    stored = LinkTokens([OLD]).hash("token")
    rotated = LinkTokens.load(a_key_file(tmp_path, [NEW, OLD]))
    assert rotated.hash("token") == LinkTokens([NEW]).hash("token")
    assert stored in rotated.hashes("token")


def test_a_file_without_a_symmetric_key_is_refused_at_start(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="LINK_KEYS_FILE"):
        LinkTokens.load(a_key_file(tmp_path, [OLD], kind="OKP"))


def test_whatever_a_stranger_puts_into_an_address_can_be_hashed() -> None:
    tokens = LinkTokens([OLD])
    for hostile in ("", "\x00", "../../etc/passwd", "' OR 1=1 --", "é\ufffd", "x" * 100_000):
        assert len(tokens.hash(hostile)) == 64


def test_notifier_reads_the_whole_link_and_its_token_leads_to_the_hash(
    folder: Path, minter: SealedLinkMinter
) -> None:
    minted = minter.mint(SUBJECT, 1, NOTIFIER)
    link = opened(folder, "notifier", minted.sealed_link, InvitationIssued)
    base, _, token = link.rpartition("/")
    assert base == "https://wizard.example/invitation"
    tokens = LinkTokens.load(folder / "invitation.link.jwks.json")
    assert tokens.hash(token) == minted.token_hash


def test_a_link_opens_only_for_notifier_and_only_in_its_round(
    folder: Path, minter: SealedLinkMinter
) -> None:
    sealed = minter.mint(SUBJECT, 1, NOTIFIER).sealed_link
    with pytest.raises(CannotOpen):
        opened(folder, "onboarding", sealed, InvitationIssued)
    with pytest.raises(CannotOpen):
        opened(folder, "notifier", sealed, InvitationIssued, round_=2)
    with pytest.raises(CannotOpen):
        opened(folder, "notifier", minter.mint(new_id(), 1, NOTIFIER).sealed_link, InvitationIssued)


def test_a_secret_opens_only_for_credential_validator(folder: Path) -> None:
    secrets = SealedSecrets(PublicKeys.load(folder / "public.jwks.json"))
    sealed = secrets.seal_secret("a secret", SUBJECT, 1)
    assert "a secret" not in sealed
    assert opened(folder, "credential-validator", sealed, CredentialsSubmitted) == "a secret"
    with pytest.raises(CannotOpen):
        opened(folder, "invitation", sealed, CredentialsSubmitted)
