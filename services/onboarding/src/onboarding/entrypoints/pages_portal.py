"""The Service portal: Edit Service, Configuration > M365 Configuration (steps 18 to 21)."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from onboarding.app import request_validation
from onboarding.domain.secret_days import SecretDays, secret_days

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("portal", __name__, url_prefix="/services/<uuid:subject>")

    def days(subject: UUID) -> SecretDays:
        return secret_days(console.onboarding(subject), console.clock())

    @routes.get("")
    def service(subject: UUID) -> Page:
        return render_template("portal.html", onboarding=console.onboarding(subject))

    @routes.get("/configuration/m365")
    def m365(subject: UUID) -> Page:
        return render_template(
            "portal_m365.html", onboarding=console.onboarding(subject), days=days(subject)
        )

    @routes.post("/configuration/m365")
    def validate(subject: UUID) -> Page:
        console.act(subject, "Validate Authentication", request_validation.validate)
        return redirect(url_for("portal.m365", subject=subject), 303)

    return routes
