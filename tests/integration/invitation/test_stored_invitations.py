"""Invitations in PostgreSQL: what was saved is loaded, and no row leads further than it may."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.sql_invitations import SqlInvitations, StoredInvitations
from invitation.adapters.tables import links
from invitation.domain.invitation import Invitation, LinkState
from invitation.domain.rounds import LinkKind
from tenantlink_runtime.clock import utc_now
from tenantlink_runtime.database import connect
from tests.support.events import NOW
from tests.support.invitation_builders import a_round, a_submission, an_invitation, refused, valid

WEEK = timedelta(days=7)
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


def live_links(engine: sa.Engine) -> dict[UUID, int]:
    """How many links live, as the auditor's view has it."""
    with engine.connect() as connection:
        rows = connection.execute(sa.text("SELECT id, live_links FROM audit_invitations"))
        return {row.id: row.live_links for row in rows}


def test_what_was_saved_is_what_is_loaded(engine: sa.Engine) -> None:
    full = an_invitation(subject=ONE).submitted(a_submission()).learned(refused(1), NOW)
    full = full.learned(valid(2), NOW)
    saved(engine, full)
    with engine.begin() as connection:
        assert StoredInvitations().load(connection, [ONE]) == {ONE: full}


@pytest.mark.parametrize("what", ["withdrawn", "expired"])
def test_the_row_of_a_dead_token_leads_to_an_invitation_in_which_it_is_dead(
    engine: sa.Engine, what: str
) -> None:
    saved(engine, an_invitation(subject=ONE, token_hash=TOKENS.hash("token")))
    dead = an_invitation(subject=ONE, token_hash=TOKENS.hash("token"), **{what: True})
    saved(engine, dead)
    found = SqlInvitations(engine, StoredInvitations(), TOKENS).by_token("token")
    assert found is not None
    assert found.state(NOW) is LinkState.DEAD
    assert live_links(engine) == {ONE: 0}


def test_a_new_round_leaves_one_link_alive_and_other_invitations_alone(engine: sa.Engine) -> None:
    first = an_invitation(subject=ONE, token_hash="first", expires_at=utc_now() + WEEK)
    other = an_invitation(subject=TWO, token_hash="other", expires_at=utc_now() + WEEK)
    saved(engine, first, other)
    second = first.began(a_round(2, expires_at=utc_now() + WEEK)).linked("second")
    saved(engine, second.linked("status", LinkKind.STATUS))
    assert hashes(engine) == {"first", "second", "status", "other"}
    assert live_links(engine) == {ONE: 1, TWO: 1}


def test_an_order_that_is_over_leaves_no_row(engine: sa.Engine) -> None:
    saved(engine, an_invitation(subject=ONE), an_invitation(subject=TWO, token_hash="other"))
    saved(engine, an_invitation(subject=ONE, ended=True))
    assert hashes(engine) == {"other"}


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
