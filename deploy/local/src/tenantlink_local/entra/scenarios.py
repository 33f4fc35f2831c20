"""A page that lists what the simulator can play, with the values to type."""

from flask import Blueprint, redirect, render_template, url_for
from werkzeug.wrappers import Response as AnyResponse

from tenantlink_local.entra.behaviour import Behaviour
from tenantlink_local.entra.directory import Directory


def scenarios(directory: Directory, behaviour: Behaviour) -> Blueprint:
    """Routes under `/scenarios`."""
    routes = Blueprint("scenarios", __name__, url_prefix="/scenarios", template_folder="templates")

    @routes.get("")
    def listed() -> str:
        return render_template("scenarios.html", tenants=directory.tenant)

    @routes.post("/begin-anew")
    def begin_anew() -> AnyResponse:
        behaviour.forget()
        return redirect(url_for("scenarios.listed"), 303)

    return routes
