"""The operator types the app registration: without a link, instead of one, or to renew it."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from onboarding.app.type_credentials import TypeCredentials
from onboarding.domain import registration
from onboarding.domain.registration import Registration
from onboarding.domain.states import State
from onboarding.domain.verbs import Verb, why_not
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import RegistrationForm, id_of, messages
from tenantlink_runtime.clock import new_id

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint(
        "registration", __name__, url_prefix="/onboardings/<uuid:subject>/registration"
    )

    @routes.get("")
    def form(subject: UUID) -> Page:
        access.require_acting()
        onboarding = console.onboarding(subject)
        if why_not(onboarding, Verb.TYPE_CREDENTIALS):
            return redirect(url_for("registration.result", subject=subject), 303)
        form = RegistrationForm(submission_id=str(new_id()))
        return render_template("registration.html", onboarding=onboarding, form=form, faults={})

    @routes.post("")
    def submit(subject: UUID) -> Page:
        form = RegistrationForm()
        entered = registration.parse(
            form.tenant.data or "",
            form.client_id.data or "",
            form.secret.data or "",
            form.declared_expiry.data or "",
        )
        if not isinstance(entered, Registration):
            access.require_acting()
            onboarding, form.secret.data = console.onboarding(subject), ""  # never sent back
            page = render_template(
                "registration.html", onboarding=onboarding, form=form, faults=messages(entered)
            )
            return page, 422
        typed = TypeCredentials(console.sealer, entered, id_of(form.submission_id))
        text = f"Typed the app registration {entered.client_id} of {entered.tenant}"
        console.act(subject, text, typed)
        return redirect(url_for("registration.result", subject=subject), 303)

    @routes.get("/result")
    def result(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        waits = onboarding.is_authenticating
        done = onboarding.device_authenticated and not waits
        if done and onboarding.state is State.ACTIVE and not onboarding.last_failure:
            return redirect(url_for("portal.m365", subject=subject), 303)
        return render_template(
            "registration_result.html", onboarding=onboarding, waits=waits, done=done
        )

    return routes
