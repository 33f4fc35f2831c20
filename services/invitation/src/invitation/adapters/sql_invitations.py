"""Invitations in PostgreSQL; one row per token beside them, to find them by.

What a link is worth is told by its invitation. The row of a dead link stays, so that its holder
may ask for another one, until the order is over.
"""

from collections.abc import Sequence

import sqlalchemy as sa

from invitation.adapters.link_tokens import LinkTokens
from invitation.adapters.tables import invitations, links
from invitation.app.look import Found
from invitation.domain.invitation import Invitation
from invitation.domain.rounds import LinkKind
from tenantlink_runtime.aggregates import StoredAggregates
from tenantlink_runtime.bulk import any_of, columns_of, insert_rows

_COLUMNS = ("token_hash", "subject", "round", "kind")
_ADD = insert_rows(links, *_COLUMNS).on_conflict_do_nothing()
_FORGET = links.delete().where(any_of(links.c.subject, "subjects"))


class StoredInvitations(StoredAggregates[Invitation]):
    """Saves the rows of tokens with their invitation, and forgets them with its end."""

    def __init__(self) -> None:
        super().__init__(invitations, Invitation, Invitation)

    def save(self, connection: sa.Connection, aggregates: Sequence[Invitation]) -> None:
        """At most two statements more than any aggregate, whatever the number of invitations."""
        super().save(connection, aggregates)
        if over := [each.id for each in aggregates if each.ended]:
            connection.execute(_FORGET, {"subjects": over})
        living = [
            {
                "token_hash": link.token_hash,
                "subject": each.id,
                "round": link.round,
                "kind": link.kind.value,
            }
            for each in aggregates
            for link in each.links
        ]
        if living:
            connection.execute(_ADD, columns_of(living, *_COLUMNS))


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
        """By the keyed hash itself."""
        return self._first_of([reference])

    def _first_of(self, hashes: Sequence[str]) -> Found | None:
        query = (
            sa.select(links, invitations.c.state)
            .join(invitations, invitations.c.id == links.c.subject)
            .where(links.c.token_hash.in_(hashes))
        )
        with self._engine.connect() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        invitation = self._aggregates.from_state(row.state)
        return Found(invitation, row.round, row.token_hash, LinkKind(row.kind))
