"""Invitations in PostgreSQL; one row per token beside them, to find them by."""

from collections.abc import Sequence

import sqlalchemy as sa

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.tables import invitations, links
from invitation.app.look import Found
from invitation.domain.invitation import Invitation
from tenantlink_runtime.aggregates import StoredAggregates
from tenantlink_runtime.bulk import any_of, columns_of, insert_rows

_COLUMNS = ("token_hash", "subject", "round", "expires_at")
_LIVE = insert_rows(links, *_COLUMNS).on_conflict_do_nothing()
_DIE = links.delete().where(
    any_of(links.c.subject, "subjects"), sa.not_(any_of(links.c.token_hash, "living"))
)


class StoredInvitations(StoredAggregates[Invitation]):
    """Saves the rows of tokens with their invitation, so that dead ones vanish with it."""

    def __init__(self) -> None:
        super().__init__(invitations, Invitation, Invitation)

    def save(self, connection: sa.Connection, aggregates: Sequence[Invitation]) -> None:
        """Two statements more than any aggregate, whatever the number of invitations."""
        super().save(connection, aggregates)
        living = [
            {
                "token_hash": link.token_hash,
                "subject": each.id,
                "round": link.round,
                "expires_at": link.expires_at,
            }
            for each in aggregates
            for link in each.links
        ]
        if aggregates:
            subjects = [each.id for each in aggregates]
            hashes = [row["token_hash"] for row in living]
            connection.execute(_DIE, {"subjects": subjects, "living": hashes})
        if living:
            connection.execute(_LIVE, columns_of(living, *_COLUMNS))


class SqlInvitations:
    """Looks from the wizard, each in a short transaction of its own."""

    def __init__(
        self, engine: sa.Engine, aggregates: StoredInvitations, tokens: LinkTokens
    ) -> None:
        self._engine = engine
        self._aggregates = aggregates
        self._tokens = tokens

    def by_token(self, token: str) -> Found | None:
        """By the token in a link, through its keyed hash."""
        return self._first_of(self._tokens.hashes(token))

    def by_reference(self, reference: str) -> Found | None:
        """By the keyed hash itself: a dead link's row is gone, so sessions die with their link."""
        return self._first_of([reference])

    def _first_of(self, hashes: Sequence[str]) -> Found | None:
        query = (
            sa.select(links.c.token_hash, links.c.round, invitations.c.state)
            .join(invitations, invitations.c.id == links.c.subject)
            .where(links.c.token_hash.in_(hashes))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        return Found(self._aggregates.from_state(row.state), row.round, row.token_hash)
