"""The Service portal: Edit Service, Configuration > M365 Configuration (steps 18 to 21)."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from onboarding.app import request_validation
from onboarding.app.claim_invitation import holding
from onboarding.domain.secret_days import secret_days
from onboarding.domain.states import State

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("portal", __name__, url_prefix="/services/<uuid:subject>")

    @routes.get("")
    def service(subject: UUID) -> Page:
        return render_template("portal.html", onboarding=console.onboarding(subject))

    @routes.get("/configuration/m365")
    def m365(subject: UUID) -> Page:
        onboarding, now = console.onboarding(subject), console.clock()
        return render_template(
            "portal_m365.html",
            onboarding=onboarding,
            days=secret_days(onboarding, now),
            late=request_validation.is_late(onboarding, now),
        )

    @routes.post("/configuration/m365")
    def validate(subject: UUID) -> Page:
        active = console.onboarding(subject).state is State.ACTIVE
        again = request_validation.validate
        allowed = again if active else holding(console.operator, again)
        console.act(subject, "Validate Authentication", allowed)
        return redirect(url_for("portal.m365", subject=subject), 303)

    return routes
