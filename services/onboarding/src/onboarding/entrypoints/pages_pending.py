"""Pending Invitations: the page, and its Add (steps 11, 13, 14)."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from onboarding.app import claim_invitation

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("pending", __name__)

    @routes.get("/pending-invitations")
    def invitations() -> Page:
        found = console.onboardings.pending(console.scope)
        return render_template("pending.html", invitations=found)

    @routes.post("/onboardings/<uuid:subject>/add")
    def add(subject: UUID) -> Page:
        operator, take_over = console.operator, "take_over" in request.form
        claim = partial(claim_invitation.claim, operator=operator, take_over=take_over)
        text = "Took the pending invitation over" if take_over else "Added the pending invitation"
        if console.act(subject, text, claim):
            return redirect(url_for("wizard.details", subject=subject), 303)
        return redirect(url_for("pending.invitations"), 303)

    return routes
