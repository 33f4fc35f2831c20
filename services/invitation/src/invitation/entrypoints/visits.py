"""Who is visiting: the session of a browser, the link that it has followed, and its language.

Every request reads the link's row anew, so sessions die with their link. What is unknown, used up,
withdrawn or expired looks the same to a stranger: the default brand, the browser's own language.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from flask import abort, g, request, session
from werkzeug.wrappers import Response

from invitation.app.ask_operator import AskOperator
from invitation.app.look import Found, Invitations
from invitation.app.submit_registration import SubmitRegistration
from invitation.app.take_back import TakeBack
from invitation.domain.invitation import LinkState
from invitation.domain.rounds import Round
from invitation.domain.submissions import Outcome, Submission
from invitation.entrypoints import languages
from tenantlink_runtime.clock import Clock

Page = str | Response | tuple[str, int] | tuple[str, int, dict[str, str]]
DRAFT_CHARACTERS = 300


class SessionEnded(Exception):
    """The browser has no session of the wizard (any more); the link in the mail makes one."""


@dataclass(frozen=True)
class Wizard:
    """What the pages do, free of Flask. `one_address` knows what a mail address is."""

    invitations: Invitations
    submit: SubmitRegistration
    take_back: TakeBack
    ask: AskOperator
    one_address: Callable[[str], str | None]
    clock: Clock

    def state(self, found: Found) -> LinkState:
        """What the link that led here is worth now."""
        return found.state(self.clock())

    def follow(self, token: str) -> Found | None:
        """A link that leads somewhere: a live one, or this browser's own after it was used."""
        followed = session.get("link")  # always read: it shows in the answer's Vary header
        found = self.invitations.by_token(token)
        if found is None:
            return None
        own = followed == found.reference
        good = (LinkState.LIVE, LinkState.DONE) if own else (LinkState.LIVE,)
        return show(found) if self.state(found) in good else None

    def current(self) -> Found:
        """The invitation of this session, while its link lives."""
        found = self._of_session()
        if found is None or self.state(found) is LinkState.DEAD:
            abort(404)
        return show(found)

    def of_result(self) -> Found:
        """The same for the page with the result, which whoever submitted may still read after the
        service was created."""
        found = self._of_session()
        if found is None:
            abort(404)
        created = found.invitation.created_at is not None and not found.invitation.ended
        if self.state(found) is LinkState.DEAD and not (created and own_submission(found)):
            abort(404)
        return show(found)

    def _of_session(self) -> Found | None:
        if "link" not in session:
            raise SessionEnded
        session.modified = True  # 30 minutes idle, not 30 minutes in all
        return self.invitations.by_reference(session["link"])


def begin(found: Found) -> None:
    """A session, which remembers neither token nor secret.

    The same browser stays itself, and the forms of its other tabs stay good.
    """
    names = ("browser", "language", "csrf_token")
    kept = {name: session[name] for name in names if name in session}
    session.clear()
    session.permanent = True
    session.update({"browser": secrets.token_urlsafe(16), **kept, "link": found.reference})


def remember_draft(**typed: str) -> None:
    """Keep what was typed, but for the secret, so that nothing has to be typed twice."""
    session["draft"] = {name: text[:DRAFT_CHARACTERS] for name, text in typed.items()}


def browser() -> str:
    """The session's own name of this browser."""
    return str(session["browser"])


def own_submission(found: Found) -> Submission | None:
    """What this browser has submitted in this round."""
    return found.invitation.submission_from(browser(), found.round)


def own_outcome(found: Found) -> Outcome | None:
    """What came of it."""
    own = own_submission(found)
    return found.invitation.outcome_of(own.id) if own is not None else None


def shown_round() -> Round | None:
    """The round that the page is about; None on pages for strangers."""
    found: Found | None = g.get("found")
    return found.invitation.round if found is not None else None


def language() -> str:
    """As chosen on a page, else of the order, else of the browser."""
    round_ = shown_round()
    return languages.first_known(
        [
            request.args.get("lang"),
            session.get("language"),
            round_.language if round_ is not None else None,
            request.accept_languages.best_match(list(languages.NAMES)),
        ]
    )


def remember_language() -> None:
    """The choice stays with the session; on the server nothing changes."""
    chosen = languages.known(request.args.get("lang"))
    if chosen and session.get("language") != chosen:
        session["language"] = chosen


def show(found: Found) -> Found:
    """The page is about this invitation: in its brand and language."""
    g.found = found
    return found
