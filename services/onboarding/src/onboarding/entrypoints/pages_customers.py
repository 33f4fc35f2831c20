"""Customers: list and add."""

from typing import TYPE_CHECKING

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from onboarding.app import add_customer
from onboarding.domain.customer import Customer
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import CustomerForm, messages

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("customers", __name__)

    @routes.get("/customers")
    def customers() -> Page:
        return render_template("customers.html", customers=console.customers.all(console.scope))

    @routes.get("/customers/add")
    def add() -> Page:
        access.require_acting()
        return render_template("customers_add.html", form=CustomerForm(), faults={})

    @routes.post("/customers/add")
    def added() -> Page:
        access.require_acting()
        form = CustomerForm()
        answer = add_customer.add(
            console.customers,
            form.name.data or "",
            form.external_id.data or "",
            form.domains.data or "",
        )
        if not isinstance(answer, Customer):
            page = render_template("customers_add.html", form=form, faults=messages(answer))
            return page, 422
        flash(f"Customer {answer.name} was added.", "success")
        if "ordering" in request.args:
            return redirect(url_for("services.direct_routing", added=answer.id), 303)
        return redirect(url_for("customers.customers"), 303)

    return routes
