"""The public Invitation wizard.

GET and HEAD change nothing, so that mail scanners may follow links. Every request reads the link's
row anew, so sessions die with their link. What is unknown, used up, withdrawn or expired looks the
same to a stranger. Results are shown only to the browser session that submitted.
"""

import secrets
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from flask import Blueprint, Flask, abort, redirect, render_template, session, url_for
from werkzeug.wrappers import Response

from invitation.app.look import Found, Invitations
from invitation.app.submit_registration import LinkNotLive, SubmitRegistration
from invitation.domain.invitation import LinkState
from invitation.domain.registration import Fault, Registration, parse
from invitation.entrypoints.forms import RegistrationForm
from invitation.settings import InvitationSettings
from tenantlink_runtime.clock import Clock
from tenantlink_runtime.web import create_app

Page = str | Response | tuple[str, int]


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
    app = create_app(__name__, settings, session_cookie="tenantlink_invitation")
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(minutes=settings.session_minutes)
    app.context_processor(lambda: {"brand": settings.brand_name})
    app.register_error_handler(404, lambda _error: _not_active())
    app.register_blueprint(_link_pages(wizard))
    app.register_blueprint(_wizard_pages(wizard))
    return app


def _link_pages(wizard: Wizard) -> Blueprint:
    pages = Blueprint("link", __name__)

    def follow(token: str) -> Found:
        found = wizard.invitations.by_token(token)
        if found is None or wizard.state(found) is LinkState.DEAD:
            abort(404)
        return found

    @pages.get("/invitation/<token>")
    def landing(token: str) -> Page:
        found = follow(token)
        if wizard.state(found) is LinkState.DONE:
            return _done(found)
        return render_template("landing.html", round=found.invitation.round)

    @pages.post("/invitation/<token>")
    def enter(token: str) -> Page:
        """From here on the wizard lives on a clean URL; the token is in no cookie."""
        found = follow(token)
        browser = session.get("browser") or secrets.token_urlsafe(16)
        session.clear()
        session.permanent = True
        session.update(subject=str(found.invitation.id), round=found.round, browser=browser)
        return redirect(url_for("wizard.form"), 303)

    return pages


def _wizard_pages(wizard: Wizard) -> Blueprint:
    pages = Blueprint("wizard", __name__, url_prefix="/wizard")

    def current() -> Found | None:
        """The invitation of this session; None where the session has ended."""
        if "subject" not in session:
            return None
        session.modified = True  # 30 minutes idle, not 30 minutes in all
        invitation = wizard.invitations.by_subject(UUID(session["subject"]))
        if invitation is None:
            abort(404)
        found = Found(invitation, session["round"])
        if wizard.state(found) is LinkState.DEAD:
            abort(404)
        return found

    @pages.get("")
    def form() -> Page:
        found = current()
        if found is None:
            return _session_ended()
        if wizard.state(found) is LinkState.DONE:
            return redirect(url_for("wizard.result"), 303)
        return _form_page(found, _filled(found), ())

    @pages.post("")
    def start_authentication() -> Page:
        found = current()
        if found is None:
            return _session_ended()
        form = RegistrationForm()
        entered = parse(form.tenant.data or "", form.client_id.data or "", form.secret.data or "")
        if not isinstance(entered, Registration):
            return _form_page(found, form, entered), 422
        try:
            wizard.submit.run(found.invitation.id, found.round, session["browser"], entered)
        except LinkNotLive:
            return redirect(url_for("wizard.result"), 303)
        return redirect(url_for("wizard.result"), 303)

    @pages.get("/result")
    def result() -> Page:
        found = current()
        return _session_ended() if found is None else _result(found)

    return pages


def _result(found: Found) -> Page:
    """What this browser may know of what was submitted."""
    submission = found.invitation.submission
    if submission is None or submission.round != found.round:
        return redirect(url_for("wizard.form"), 303)
    outcome = found.invitation.outcome_of(submission.id)
    if submission.browser != session["browser"]:
        proven = found.invitation.proven(found.round)
        return _done(found) if proven else render_template("checking.html", mine=False)
    if outcome is None:
        return render_template("checking.html", mine=True)
    if outcome.verdict is not None:
        return render_template("valid.html", round=found.invitation.round, verdict=outcome.verdict)
    return render_template("problem.html", problem=outcome.problem)


def _filled(found: Found) -> RegistrationForm:
    """The form with what this browser entered before, but for the secret."""
    form = RegistrationForm()
    submission = found.invitation.submission
    if submission is not None and submission.browser == session["browser"]:
        form.tenant.data = submission.tenant
        form.client_id.data = str(submission.client_id)
    return form


def _form_page(found: Found, form: RegistrationForm, faults: tuple[Fault, ...]) -> str:
    messages = {fault.field: fault.message for fault in faults}
    return render_template(
        "registration.html", form=form, faults=messages, round=found.invitation.round
    )


def _done(found: Found) -> str:
    return render_template("done.html", round=found.invitation.round)


def _session_ended() -> tuple[str, int]:
    return render_template("session_ended.html"), 401


def _not_active() -> tuple[str, int]:
    return render_template("not_active.html"), 404
