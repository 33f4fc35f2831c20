"""The second step: what it is about, how to prepare, and the form for the registration."""

from flask import Blueprint, Flask, redirect, render_template, session, url_for

from invitation.app.look import Found
from invitation.app.submit_registration import LinkNotLive, Sender, TooManyTries
from invitation.domain.invitation import LinkState
from invitation.domain.permissions import PERMISSIONS
from invitation.domain.registration import FAULTS, Fault, Registration, parse
from invitation.entrypoints import scripts, visits
from invitation.entrypoints.forms import RegistrationForm, filled
from invitation.entrypoints.patience import Patience
from invitation.entrypoints.visits import Page, Wizard


def register(app: Flask, wizard: Wizard, patience: Patience) -> None:
    """The pages under `/wizard`."""
    pages = Blueprint("wizard", __name__, url_prefix="/wizard")

    @pages.get("/about")
    def about() -> Page:
        return render_template("about.html", round=wizard.current().invitation.round)

    @pages.get("/preparation")
    def preparation() -> Page:
        found = wizard.current()
        return render_template(
            "preparation.html",
            round=found.invitation.round,
            permissions=PERMISSIONS,
            az=scripts.azure_cli(PERMISSIONS),
            powershell=scripts.graph_powershell(PERMISSIONS),
        )

    @pages.get("")
    def form() -> Page:
        found = wizard.current()
        if wizard.state(found) is LinkState.DONE:
            return redirect(url_for("result.page"), 303)
        return _form_page(found, filled(found))

    @pages.post("")
    def start_authentication() -> Page:
        found, form = wizard.current(), RegistrationForm()
        typed = {"tenant": form.tenant.data or "", "client_id": form.client_id.data or ""}
        typed["expiry"] = form.expiry.data or ""
        visits.remember_draft(**typed)
        today = wizard.clock().date()
        entered = parse(**typed, secret=form.secret.data or "", today=today)
        if not isinstance(entered, Registration):
            return _form_page(found, form, entered), 422
        return _submit(wizard, patience, found, Sender(visits.browser(), form.number), entered)

    app.register_blueprint(pages)


def _submit(
    wizard: Wizard, patience: Patience, found: Found, sender: Sender, entered: Registration
) -> Page:
    try:
        wizard.submit.run(found.invitation.id, found.round, sender, entered)
    except LinkNotLive:  # it was used or has died meanwhile: the result page tells
        return redirect(url_for("result.page"), 303)
    except TooManyTries as error:
        seconds = max(1, round((error.again_at - wizard.clock()).total_seconds()))
        page = render_template("too_many.html", again_at=error.again_at, seconds=seconds)
        return page, 429, {"Retry-After": str(seconds)}
    patience.wait(lambda: _is_settled(wizard))
    return redirect(url_for("result.page"), 303)


def _is_settled(wizard: Wizard) -> bool:
    """Whether there is something better to show than that it is being checked."""
    found = wizard.invitations.by_reference(session["link"])
    return found is None or visits.own_outcome(found) is not None


def _form_page(found: Found, form: RegistrationForm, faults: tuple[Fault, ...] = ()) -> str:
    outcome = visits.own_outcome(found)
    others = visits.own_submission(found) is None
    return render_template(
        "registration.html",
        form=form,
        faults={fault.field: fault.message for fault in faults},
        words=FAULTS,
        problem=outcome.problem if outcome is not None and not faults else None,
        others_at_it=others and found.invitation.is_being_checked(found.round),
        round=found.invitation.round,
    )
