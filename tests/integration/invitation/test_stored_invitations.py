"""Invitations in PostgreSQL: what was saved is what is loaded, and dead tokens leave no row."""

from collections.abc import Callable, Iterator
from uuid import UUID

import pytest
import sqlalchemy as sa

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.sql_invitations import SqlInvitations, StoredInvitations
from invitation.adapters.tables import links
from invitation.domain.invitation import Invitation
from tenantlink_runtime.database import connect
from tests.support.invitation_builders import a_round, a_submission, an_invitation, refused, valid

ONE, TWO = UUID(int=1), UUID(int=2)
TOKENS = LinkTokens([b"k" * 32])


@pytest.fixture
def engine(migrated_database: Callable[[str], str]) -> Iterator[sa.Engine]:
    """A fresh database."""
    engine = connect(migrated_database("invitation"))
    yield engine
    engine.dispose()


def saved(engine: sa.Engine, *invitations: Invitation) -> None:
    """Save as the flow of events does: loaded first."""
    with engine.begin() as connection:
        StoredInvitations().load(connection, [each.id for each in invitations])
        StoredInvitations().save(connection, invitations)


def hashes(engine: sa.Engine) -> set[str]:
    """The tokens' hashes that have a row."""
    with engine.connect() as connection:
        return set(connection.scalars(sa.select(links.c.token_hash)))


def test_what_was_saved_is_what_is_loaded(engine: sa.Engine) -> None:
    full = an_invitation(subject=ONE).submitted(a_submission()).learned(refused(1))
    full = full.learned(valid(2))
    saved(engine, full)
    with engine.begin() as connection:
        assert StoredInvitations().load(connection, [ONE]) == {ONE: full}


def test_a_new_round_replaces_its_own_rows_and_no_others(engine: sa.Engine) -> None:
    first = an_invitation(subject=ONE, token_hash="first")
    saved(engine, first, an_invitation(subject=TWO, token_hash="other"))
    saved(engine, first.began(a_round(2)).linked("second").linked("reminder"))
    assert hashes(engine) == {"second", "reminder", "other"}


@pytest.mark.parametrize("what", ["withdrawn", "expired", "ended"])
def test_dead_tokens_leave_no_row(engine: sa.Engine, what: str) -> None:
    saved(engine, an_invitation(subject=ONE))
    saved(engine, an_invitation(subject=ONE, **{what: True}))
    assert hashes(engine) == set()


def test_a_row_tells_whose_it_is_and_how_long_it_is_good(engine: sa.Engine) -> None:
    invitation = an_invitation(subject=ONE)
    saved(engine, invitation)
    with engine.connect() as connection:
        (row,) = connection.execute(sa.select(links)).all()
    assert invitation.round is not None
    assert (row.subject, row.round, row.expires_at) == (ONE, 1, invitation.round.expires_at)


def test_an_invitation_is_found_by_its_token_under_any_key_and_by_its_reference(
    engine: sa.Engine,
) -> None:
    invitation = an_invitation(subject=ONE, token_hash=TOKENS.hash("token"))
    saved(engine, invitation)
    rotated = LinkTokens([b"n" * 32, b"k" * 32])
    for tokens in (TOKENS, rotated):
        found = SqlInvitations(engine, StoredInvitations(), tokens).by_token("token")
        assert found is not None
        assert (found.invitation, found.round) == (invitation, 1)
        assert found.reference == TOKENS.hash("token")
    looks = SqlInvitations(engine, StoredInvitations(), TOKENS)
    assert looks.by_reference(TOKENS.hash("token")) is not None
    assert looks.by_reference("token") is None
    assert looks.by_token(TOKENS.hash("token")) is None
    assert looks.by_token("another") is None
