"""The timeline of an onboarding: what happened, who acts next; and its cancellation."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from onboarding.app import cancel_onboarding
from onboarding.domain.deadlines import awaited
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import ReasonForm

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("timeline", __name__, url_prefix="/onboardings/<uuid:subject>")

    @routes.get("")
    def timeline(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        return render_template(
            "timeline.html",
            onboarding=onboarding,
            awaited=awaited(onboarding, console.deadlines),
            entries=console.onboardings.timeline(console.scope, subject),
        )

    @routes.get("/cancel")
    def ask(subject: UUID) -> Page:
        access.require_acting()
        onboarding = console.onboarding(subject)
        if not onboarding.is_pending:
            return redirect(url_for("timeline.timeline", subject=subject), 303)
        return render_template("timeline_cancel.html", onboarding=onboarding, form=ReasonForm())

    @routes.post("/cancel")
    def cancel(subject: UUID) -> Page:
        reason = ReasonForm().told()
        decide = partial(cancel_onboarding.cancel, reason=reason)
        if console.act(subject, f"Cancelled: {reason}", decide):
            flash("The order is cancelled; its links are dead and no secret is kept.", "success")
        return redirect(url_for("timeline.timeline", subject=subject), 303)

    return routes
