"""One invitation and everything that can be done with its link, and what somebody asks for."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from onboarding.app import renew_invitation, settle_forwarding
from onboarding.app.ports import NotFound, NotPossible
from onboarding.domain.verbs import possible
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import AddressForm, ExtendForm

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]
_ON_ITS_WAY = "A new invitation is on its way to {}; the earlier link no longer works."


def pages(console: "Console") -> Blueprint:
    """The routes. Every answer leads back to the invitation, which tells how things are now."""
    routes = Blueprint("invitation", __name__, url_prefix="/onboardings/<uuid:subject>/invitation")

    def back(subject: UUID) -> Page:
        if "from_list" in request.form:
            return redirect(url_for("pending.invitations"), 303)
        return redirect(url_for("invitation.invitation", subject=subject), 303)

    @routes.get("")
    def invitation(subject: UUID) -> Page:
        return _page(console, subject, {})

    @routes.post("/resend")
    def resend(subject: UUID) -> Page:
        again = partial(renew_invitation.resend, operator=console.operator)
        if console.act(subject, "Sent the invitation again", again):
            flash(_ON_ITS_WAY.format(console.onboarding(subject).address), "success")
        return back(subject)

    @routes.post("/address")
    def change_address(subject: UUID) -> Page:
        email = (AddressForm().email.data or "").strip()
        if not console.is_address(email):
            fault = "Enter exactly one email address, such as admin@contoso.com."
            return _page(console, subject, {"email": [fault]}), 422
        change = partial(renew_invitation.change_address, operator=console.operator, email=email)
        if console.act(subject, f"Changed the invitation's address to {email}", change):
            flash(_ON_ITS_WAY.format(email), "success")
        return back(subject)

    @routes.post("/extend")
    def extend(subject: UUID) -> Page:
        days = (ExtendForm().days.data or "").strip()
        if not days.isascii() or not days.isdigit() or not 1 <= int(days[:3]) <= 60:
            return _page(console, subject, {"days": ["Enter a whole number from 1 to 60."]}), 422
        longer = partial(renew_invitation.extend, operator=console.operator, days=int(days))
        if console.act(subject, f"Extended the invitation to {days} days", longer):
            flash(_ON_ITS_WAY.format(console.onboarding(subject).address), "success")
        return back(subject)

    @routes.post("/withdraw")
    def withdraw(subject: UUID) -> Page:
        if console.act(subject, "Withdrew the invitation", renew_invitation.withdraw):
            flash("The invitation is withdrawn; its link no longer works.", "success")
        return back(subject)

    @routes.post("/approve")
    def approve(subject: UUID) -> Page:
        agree = partial(settle_forwarding.approve, operator=console.operator)
        if console.act(subject, "Agreed to what was asked for", agree):
            flash(_ON_ITS_WAY.format(console.onboarding(subject).address), "success")
        return back(subject)

    @routes.post("/decline")
    def decline(subject: UUID) -> Page:
        if console.act(subject, "Declined what was asked for", settle_forwarding.decline):
            flash("Declined; the invitation stays as it is.", "success")
        return back(subject)

    _copy_link(console, routes)
    return routes


def _copy_link(console: "Console", routes: Blueprint) -> None:
    """Copy link: a new link is asked for, waited for, and shown once."""

    @routes.post("/copy-link")
    def copy_link(subject: UUID) -> Page:
        by_hand = partial(renew_invitation.by_hand, operator=console.operator)
        if console.act(subject, "Asked for a link to hand over by hand", by_hand):
            return redirect(url_for("invitation.link", subject=subject), 303)
        return redirect(url_for("invitation.invitation", subject=subject), 303)

    @routes.get("/link")
    def link(subject: UUID) -> Page:
        access.require_acting()
        return render_template(
            "invitation_link.html", onboarding=console.onboarding(subject), link=""
        )

    @routes.post("/link")
    def show(subject: UUID) -> Page:
        access.require_acting()
        try:
            shown = console.links.reveal(
                console.scope, subject, console.operator, request.remote_addr or ""
            )
        except NotPossible as error:
            flash(str(error), "warning")
            return redirect(url_for("invitation.invitation", subject=subject), 303)
        except NotFound:
            return redirect(url_for("pending.invitations"), 303)
        return render_template(
            "invitation_link.html", onboarding=console.onboarding(subject), link=shown
        )


def _page(console: "Console", subject: UUID, faults: dict[str, list[str]]) -> str:
    onboarding = console.onboarding(subject)
    days = onboarding.order.valid_days if onboarding.order else 14
    return render_template(
        "invitation.html",
        onboarding=onboarding,
        verbs=possible(onboarding),
        address_form=AddressForm(),
        extend_form=ExtendForm(days=str(days)),
        faults=faults,
    )
