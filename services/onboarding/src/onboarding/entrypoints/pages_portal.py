"""The Service portal: Edit Service, Configuration > M365 Configuration (steps 18 to 21)."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from onboarding.app import close_service, renew_invitation, request_validation
from onboarding.app.claim_invitation import holding
from onboarding.domain.attention import attention_of
from onboarding.domain.secret_days import secret_days
from onboarding.domain.states import State
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import AddressForm, ReasonForm

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]
_VALIDATIONS = frozenset({"TenantValidationRequested", "TenantValidated", "TenantValidationFailed"})


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("portal", __name__, url_prefix="/services/<uuid:subject>")

    @routes.get("")
    def service(subject: UUID) -> Page:
        return render_template("portal.html", onboarding=console.onboarding(subject))

    @routes.get("/configuration/m365")
    def m365(subject: UUID) -> Page:
        return _m365_page(console, subject, {})

    @routes.post("/configuration/m365")
    def validate(subject: UUID) -> Page:
        active = console.onboarding(subject).state is State.ACTIVE
        again = request_validation.validate
        allowed = again if active else holding(console.operator, again)
        console.act(subject, "Validate Authentication", allowed)
        return redirect(url_for("portal.m365", subject=subject), 303)

    @routes.post("/configuration/renewal")
    def renew(subject: UUID) -> Page:
        email = (AddressForm().email.data or "").strip()
        if email and not console.is_address(email):
            fault = "Enter exactly one email address, such as admin@contoso.com."
            return _m365_page(console, subject, {"email": [fault]}), 422
        again = partial(renew_invitation.renew, operator=console.operator, email=email)
        if console.act(subject, "Re-initiate Authentication Flow", again):
            to = console.onboarding(subject).address
            flash(f"A link for a new client secret is on its way to {to}.", "success")
        return redirect(url_for("portal.m365", subject=subject), 303)

    @routes.get("/configuration/history")
    def history(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        entries = console.onboardings.timeline(console.scope, subject)
        told = [each for each in entries if each.name in _VALIDATIONS]
        return render_template("portal_history.html", onboarding=onboarding, entries=told)

    @routes.get("/close")
    def ask_close(subject: UUID) -> Page:
        access.require_acting()
        onboarding = console.onboarding(subject)
        if onboarding.state is not State.ACTIVE:
            return redirect(url_for("portal.service", subject=subject), 303)
        return render_template("portal_close.html", onboarding=onboarding, form=ReasonForm())

    @routes.post("/close")
    def close(subject: UUID) -> Page:
        reason = ReasonForm().told()
        if console.act(subject, f"Closed: {reason}", partial(close_service.close, reason=reason)):
            flash("The service is closed; its client secret is destroyed.", "success")
        return redirect(url_for("portal.service", subject=subject), 303)

    return routes


def _m365_page(console: "Console", subject: UUID, faults: dict[str, list[str]]) -> str:
    onboarding, now = console.onboarding(subject), console.clock()
    form = AddressForm() if faults else AddressForm(email=onboarding.address)
    return render_template(
        "portal_m365.html",
        onboarding=onboarding,
        days=secret_days(onboarding, now),
        late=request_validation.is_late(onboarding, now),
        same_tenant=console.onboardings.of_same_tenant(console.scope, subject),
        attention=attention_of(onboarding),
        form=form,
        faults=faults,
    )
