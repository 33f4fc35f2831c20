"""Customers: list, add, and each customer's own page."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from onboarding.app import add_customer, change_customer
from onboarding.app.change_customer import TypedNotices
from onboarding.domain.customer import Customer
from onboarding.domain.registers import NoticeSettings
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import CustomerForm, CustomerNoticesForm, messages

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]
Faults = dict[str, list[str]]


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

    _own_page(console, routes)
    return routes


def _own_page(console: "Console", routes: Blueprint) -> None:
    """The page of one customer, with a form for the record and one for the mails."""

    @routes.get("/customers/<uuid:customer_id>")
    def customer(customer_id: UUID) -> Page:
        return _shown(_found(console, customer_id))

    @routes.post("/customers/<uuid:customer_id>")
    def change(customer_id: UUID) -> Page:
        access.require_acting()
        found, form = _found(console, customer_id), CustomerForm()
        answer = change_customer.change(
            console.customers, found, form.name.data or "", form.domains.data or ""
        )
        if not isinstance(answer, Customer):
            return _shown(found, form=form, faults=messages(answer)), 422
        flash(f"Customer {answer.name} was changed.", "success")
        return redirect(url_for("customers.customer", customer_id=customer_id), 303)

    @routes.post("/customers/<uuid:customer_id>/notices")
    def change_notices(customer_id: UUID) -> Page:
        access.require_acting()
        found, form = _found(console, customer_id), CustomerNoticesForm()
        answer = change_customer.change_notices(
            console.customers, found, _typed(form), console.is_address
        )
        if not isinstance(answer, NoticeSettings):
            return _shown(found, notices_form=form, faults=messages(answer)), 422
        flash("Who is told was changed, for orders from now on.", "success")
        return redirect(url_for("customers.customer", customer_id=customer_id), 303)


def _found(console: "Console", customer_id: UUID) -> Customer:
    found = console.customers.find(console.scope, customer_id)
    if found is None:
        abort(404)
    return found


def _typed(form: CustomerNoticesForm) -> TypedNotices:
    return TypedNotices(
        form.operators.data or "",
        form.administrators.data or "",
        bool(form.orderer.data),
        form.muted.data or (),
    )


def _shown(
    customer: Customer,
    form: CustomerForm | None = None,
    notices_form: CustomerNoticesForm | None = None,
    faults: Faults | None = None,
) -> str:
    """The page; a form that is not given shows what is stored."""
    return render_template(
        "customer.html",
        customer=customer,
        form=form or _stored(customer),
        notices_form=notices_form or _stored_notices(customer.notices),
        faults=faults or {},
        faulty=notices_form or form,
    )


def _stored(customer: Customer) -> CustomerForm:
    domains = ", ".join(customer.domains)
    return CustomerForm(formdata=None, data={"name": customer.name, "domains": domains})


def _stored_notices(notices: NoticeSettings) -> CustomerNoticesForm:
    stored = {
        "operators": ", ".join(notices.operators),
        "administrators": ", ".join(notices.administrators),
        "orderer": notices.orderer,
        "muted": [kind.value for kind in notices.muted],
    }
    return CustomerNoticesForm(formdata=None, data=stored)
