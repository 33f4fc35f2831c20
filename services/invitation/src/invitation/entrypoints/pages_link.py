"""Where links lead: the first page of the wizard, and the page that only tells how things stand.

GET and HEAD change nothing, so that mail scanners may follow links.
"""

from flask import Blueprint, Flask, abort, current_app, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from invitation.app.look import Found
from invitation.domain.invitation import LinkState
from invitation.entrypoints import visits
from invitation.entrypoints.visits import Page, Wizard

ASK = "new-link"
_NEXT = {"prepare": "wizard.preparation", "other-person": "other_person.page"}


def register(app: Flask, wizard: Wizard) -> None:
    """Both pages, and the way on where a link has ended."""
    pages = Blueprint("link", __name__)

    @pages.get("/invitation/<token>")
    def landing(token: str) -> Page:
        found = _followed(wizard, token)
        if wizard.state(found) is LinkState.DONE:
            return redirect(url_for("result.page"), 303)
        return render_template("landing.html", round=found.invitation.round)

    @pages.post("/invitation/<token>")
    def enter(token: str) -> Page:
        """From here on the wizard lives on a clean URL; the token is in no cookie."""
        if request.args.get("ask") == ASK:
            return _ask_for_new_link(wizard, token)
        current_app.extensions["csrf"].protect()
        return _enter(_followed(wizard, token))

    @pages.get("/status/<token>")
    def status(token: str) -> Page:
        found = wizard.invitations.by_token(token)
        if found is None or not found.tells_status:
            abort(404)
        visits.show(found)
        return _status(found)

    # Whoever knows the token may ask: a forged form would have to know it, too. So the page for a
    # link that has ended needs no session, and is the same for everybody.
    app.extensions["csrf"].exempt(enter)
    app.register_blueprint(pages)


def _followed(wizard: Wizard, token: str) -> Found:
    found = wizard.follow(token)
    if found is None:
        abort(404)
    return found


def _enter(found: Found) -> Response:
    visits.begin(found)
    invitation = found.invitation
    others = visits.own_submission(found) is None and invitation.is_being_checked(found.round)
    target = _NEXT.get(request.form.get("go", ""), "result.page" if others else "wizard.form")
    return redirect(url_for(target), 303)


def _ask_for_new_link(wizard: Wizard, token: str) -> Page:
    """The same answer, whether the link was ever one or not."""
    found = wizard.invitations.by_token(token)
    if found is not None and wizard.state(found) is not LinkState.LIVE:
        wizard.ask.for_new_link(found.invitation.id)
    return render_template("asked.html")


def _status(found: Found) -> str:
    invitation = found.invitation
    connected = invitation.accepted_in(found.round)
    checking = connected is None and invitation.is_being_checked(found.round)
    return render_template(
        "status.html", round=invitation.round, connected=connected, checking=checking
    )
