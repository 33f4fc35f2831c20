"""The rest of the Onboarding wizard, after Add: steps 14 to 17."""

from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response

from onboarding.app import choose_settings, create_service, request_validation
from onboarding.app.claim_invitation import holding
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import Routing
from onboarding.domain.states import State
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import M365Form

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]
_VALIDATION = (State.VALIDATING, State.VALIDATED, State.VALIDATION_FAILED)
_CREATION = (State.CREATING, State.CREATION_FAILED)
_OPEN = (State.VALIDATED, State.CREATION_FAILED)


def pages(console: "Console") -> Blueprint:
    """The routes; whoever opens a step too early is led to the one that is due."""
    routes = Blueprint("wizard", __name__, url_prefix="/onboardings/<uuid:subject>")

    @routes.get("/details")
    def details(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        if onboarding.proven is None or not onboarding.is_pending or onboarding.state in _CREATION:
            return redirect(url_for(_due(onboarding), subject=subject), 303)
        same = console.onboardings.of_same_tenant(console.scope, subject)
        return render_template("wizard_details.html", onboarding=onboarding, same_tenant=same)

    @routes.post("/details")
    def validate(subject: UUID) -> Page:
        again = holding(console.operator, request_validation.validate)
        if console.act(subject, "Asked for the credentials to be validated", again):
            return redirect(url_for("wizard.validation", subject=subject), 303)
        return redirect(url_for("wizard.details", subject=subject), 303)

    @routes.get("/validation")
    def validation(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        if onboarding.state not in _VALIDATION:
            return redirect(url_for(_due(onboarding), subject=subject), 303)
        late = request_validation.is_late(onboarding, console.clock())
        return render_template("wizard_validation.html", onboarding=onboarding, late=late)

    @routes.get("/m365-settings")
    def settings(subject: UUID) -> Page:
        access.require_acting()
        onboarding = console.onboarding(subject)
        if onboarding.state not in _OPEN:
            return redirect(url_for(_due(onboarding), subject=subject), 303)
        form = M365Form(data=_chosen(onboarding, console.base_domain))
        return render_template("wizard_settings.html", onboarding=onboarding, form=form, faults={})

    @routes.post("/m365-settings")
    def choose(subject: UUID) -> Page:
        access.require_acting()
        form, onboarding = M365Form(), console.onboarding(subject)
        faults = _faults(form)
        if faults:
            page = render_template(
                "wizard_settings.html", onboarding=onboarding, form=form, faults=faults
            )
            return page, 422
        routing, domain = Routing[form.routing.data], form.domain.data.strip()
        chosen = partial(choose_settings.choose, routing=routing, domain=domain)
        mine = holding(console.operator, chosen)
        if console.act(subject, f"Chose '{routing}' for {domain}", mine):
            return redirect(url_for("wizard.review", subject=subject), 303)
        return redirect(url_for(_due(onboarding), subject=subject), 303)

    @routes.get("/review")
    def review(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        if onboarding.state not in _OPEN:
            return redirect(url_for(_due(onboarding), subject=subject), 303)
        if onboarding.settings is None:
            return redirect(url_for("wizard.settings", subject=subject), 303)
        return render_template("wizard_review.html", onboarding=onboarding)

    @routes.post("/review")
    def create(subject: UUID) -> Page:
        create_it = partial(create_service.create, provisioning=console.provisioning)
        complete = holding(console.operator, create_it)
        if console.act(subject, "Completed the onboarding", complete):
            return redirect(url_for("wizard.created", subject=subject), 303)
        return redirect(url_for("wizard.review", subject=subject), 303)

    @routes.get("/created")
    def created(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        if onboarding.state in _CREATION:
            return render_template("wizard_creating.html", onboarding=onboarding)
        if onboarding.state is not State.ACTIVE:
            return redirect(url_for(_due(onboarding), subject=subject), 303)
        return render_template("wizard_created.html", onboarding=onboarding)

    return routes


def _due(onboarding: Onboarding) -> str:
    """The page of the step that is due, for whoever comes too early or too late."""
    if onboarding.state is State.ACTIVE or onboarding.state in _CREATION:
        return "wizard.created"
    if not onboarding.is_pending or onboarding.proven is None:
        return "timeline.timeline"
    return "wizard.validation" if onboarding.state in _VALIDATION else "wizard.details"


def _chosen(onboarding: Onboarding, base_domain: str) -> dict[str, str]:
    """What was chosen before, or what is proposed."""
    settings = onboarding.settings or choose_settings.derived(onboarding, base_domain)
    if settings is None:
        return {"routing": Routing.DEFAULT.name, "domain": ""}
    return {"routing": settings.routing.name, "domain": settings.domain}


def _faults(form: M365Form) -> dict[str, list[str]]:
    faults = {}
    if form.routing.data not in Routing.__members__:
        faults["routing"] = ["Choose one of the two."]
    if not choose_settings.is_domain((form.domain.data or "").strip()):
        faults["domain"] = ["Enter a domain name such as contoso.com."]
    return faults
