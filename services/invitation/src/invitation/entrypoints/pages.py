"""The public Invitation wizard.

GET and HEAD change nothing, so that mail scanners may follow links. Every request reads the link's
row anew, so sessions die with their link. What is unknown, used up, withdrawn or expired looks the
same to a stranger. Results are shown only to the browser session that submitted.
"""

import secrets
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Flask, abort, redirect, render_template, session, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from invitation.app.look import Found, Invitations
from invitation.app.submit_registration import LinkNotLive, Sender, SubmitRegistration
from invitation.domain.invitation import LinkState
from invitation.domain.registration import Fault, Registration, parse
from invitation.domain.submissions import Outcome, Submission
from invitation.entrypoints import moments, quiet_logs
from invitation.entrypoints.forms import RegistrationForm
from invitation.settings import InvitationSettings
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.web import create_app

Page = str | Response | tuple[str, int]


class SessionEnded(Exception):
    """The browser has no session of the wizard (any more); the link in the mail makes one."""


@dataclass(frozen=True)
class Wizard:
    """What the pages do, free of Flask."""

    invitations: Invitations
    submit: SubmitRegistration
    clock: Clock

    def state(self, found: Found) -> LinkState:
        """What the link that led here is worth now."""
        return found.invitation.link_state(found.round, self.clock())


def create_wizard(settings: InvitationSettings, wizard: Wizard) -> Flask:
    """The Flask application."""
    quiet_logs.keep_tokens_out()
    app = create_app(__name__, settings, session_cookie="tenantlink_invitation")
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(minutes=settings.session_minutes)
    app.jinja_env.filters.update(moment=moments.moment, second=moments.second, day=moments.day)
    shown = {"brand": settings.brand_name, "session_minutes": settings.session_minutes}
    app.context_processor(lambda: shown)
    app.register_error_handler(404, lambda _error: _not_active())
    app.register_error_handler(SessionEnded, lambda _error: _session_ended())
    app.register_error_handler(CSRFError, lambda _error: _session_ended())
    app.register_blueprint(_link_pages(wizard))
    app.register_blueprint(_wizard_pages(wizard))
    return app


def _link_pages(wizard: Wizard) -> Blueprint:
    pages = Blueprint("link", __name__)

    def follow(token: str) -> Found:
        """A link that leads somewhere: a live one, or this browser's own after it was used."""
        followed = session.get("link")  # always read: it shows in the answer's Vary header
        found = wizard.invitations.by_token(token)
        if found is None:
            abort(404)
        own = followed == found.reference
        good = (LinkState.LIVE, LinkState.DONE) if own else (LinkState.LIVE,)
        if wizard.state(found) not in good:
            abort(404)
        return found

    @pages.get("/invitation/<token>")
    def landing(token: str) -> Page:
        found = follow(token)
        if wizard.state(found) is LinkState.DONE:
            return redirect(url_for("wizard.result"), 303)
        return render_template("landing.html", round=found.invitation.round)

    @pages.post("/invitation/<token>")
    def enter(token: str) -> Page:
        """From here on the wizard lives on a clean URL; the token is in no cookie."""
        found = follow(token)
        browser = session.get("browser") or secrets.token_urlsafe(16)
        session.clear()
        session.permanent = True
        session.update(link=found.reference, browser=browser)
        return redirect(url_for("wizard.form"), 303)

    return pages


def _wizard_pages(wizard: Wizard) -> Blueprint:
    pages = Blueprint("wizard", __name__, url_prefix="/wizard")

    def current() -> Found:
        """The invitation of this session."""
        if "link" not in session:
            raise SessionEnded
        session.modified = True  # 30 minutes idle, not 30 minutes in all
        found = wizard.invitations.by_reference(session["link"])
        if found is None or wizard.state(found) is LinkState.DEAD:
            abort(404)
        return found

    @pages.get("/about")
    def about() -> Page:
        return render_template("about.html", round=current().invitation.round)

    @pages.get("")
    def form() -> Page:
        found = current()
        if wizard.state(found) is LinkState.DONE:
            return redirect(url_for("wizard.result"), 303)
        return _form_page(found, _filled(found), ())

    @pages.post("")
    def start_authentication() -> Page:
        found = current()
        form = RegistrationForm()
        entered = parse(form.tenant.data or "", form.client_id.data or "", form.secret.data or "")
        if not isinstance(entered, Registration):
            return _form_page(found, form, entered), 422
        with suppress(LinkNotLive):  # it was used or has died meanwhile: the result page tells
            wizard.submit.run(found.invitation.id, found.round, Sender(session["browser"]), entered)
        return redirect(url_for("wizard.result"), 303)

    @pages.get("/result")
    def result() -> Page:
        found = current()
        return _result(found, done=wizard.state(found) is LinkState.DONE)

    return pages


def _result(found: Found, done: bool) -> Page:
    """What this browser may know of what was submitted."""
    round_, own, outcome = found.invitation.round, _own(found), _own_outcome(found)
    if not done and own is None and not found.invitation.is_being_checked(found.round):
        return redirect(url_for("wizard.form"), 303)
    if outcome is not None and outcome.verdict is not None:
        return render_template("valid.html", round=round_, verdict=outcome.verdict)
    if done:
        return render_template("done.html", round=round_)
    if outcome is not None:
        return render_template("problem.html", problem=outcome.problem)
    return render_template("checking.html", mine=own is not None)


def _own(found: Found) -> Submission | None:
    return found.invitation.submission_from(session["browser"], found.round)


def _own_outcome(found: Found) -> Outcome | None:
    own = _own(found)
    return found.invitation.outcome_of(own.id) if own is not None else None


def _filled(found: Found) -> RegistrationForm:
    """The form with what this browser entered before, but for the secret."""
    form = RegistrationForm()
    own = _own(found)
    if own is not None:
        form.tenant.data = own.tenant
        form.client_id.data = str(own.client_id)
    return form


def _form_page(found: Found, form: RegistrationForm, faults: tuple[Fault, ...]) -> str:
    outcome = _own_outcome(found)
    return render_template(
        "registration.html",
        form=form,
        faults={fault.field: fault.message for fault in faults},
        problem=outcome.problem if outcome is not None else None,
        round=found.invitation.round,
    )


def _session_ended() -> tuple[str, int]:
    return render_template("session_ended.html"), 403


def _not_active() -> tuple[str, int]:
    return render_template("not_active.html"), 404
