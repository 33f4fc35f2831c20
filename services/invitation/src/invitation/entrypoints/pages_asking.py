"""'I am not the right person', and 'ask for a new link': what the operator is asked for."""

from flask import Blueprint, Flask, redirect, render_template, session, url_for

from invitation.app.look import Found
from invitation.domain.invitation import LinkState
from invitation.entrypoints.forms import OtherPersonForm
from invitation.entrypoints.visits import Page, SessionEnded, Wizard


def register(app: Flask, wizard: Wizard) -> None:
    """Both pages; they need a session, and nothing happens until the operator agrees."""
    pages = Blueprint("other_person", __name__, url_prefix="/wizard")

    @pages.get("/other-person")
    def page() -> Page:
        found = wizard.current()
        if wizard.state(found) is LinkState.DONE:
            return redirect(url_for("result.page"), 303)
        return _page(found, OtherPersonForm())

    @pages.post("/other-person")
    def propose() -> Page:
        found, form = wizard.current(), OtherPersonForm()
        email = wizard.one_address(form.email.data or "")
        if email is None:
            return _page(found, form, invalid=True), 422
        if not found.invitation.may_ask("other_person", wizard.clock()):
            return render_template("asked_often.html"), 429
        wizard.ask.for_other_person(found.invitation.id, found.round, email)
        return render_template("other_person_asked.html", email=email)

    @pages.post("/new-link")
    def new_link() -> Page:
        """From a page whose link has died meanwhile."""
        if "link" not in session:
            raise SessionEnded
        found = wizard.invitations.by_reference(session["link"])
        if found is not None and wizard.state(found) is LinkState.DEAD:
            wizard.ask.for_new_link(found.invitation.id)
        return render_template("asked.html")

    app.register_blueprint(pages)


def _page(found: Found, form: OtherPersonForm, invalid: bool = False) -> str:
    round_ = found.invitation.round
    return render_template("other_person.html", form=form, invalid=invalid, round=round_)
