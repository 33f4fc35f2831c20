"""Services, Add Service > Direct Routing, Choose customer, Add New Tenant: steps 1 to 7."""

from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from onboarding.app.ports import NotFound
from onboarding.domain.order import RawOrder, dns_warning
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import OrderForm, messages

if TYPE_CHECKING:
    from onboarding.entrypoints.console import Console

Page = str | Response | tuple[str, int]


def pages(console: "Console") -> Blueprint:
    """The routes."""
    routes = Blueprint("services", __name__)

    @routes.get("/")
    def home() -> Page:
        return redirect(url_for("services.services"))

    @routes.get("/services")
    def services() -> Page:
        found = console.onboardings.services(console.scope)
        return render_template("services.html", services=found)

    @routes.get("/services/add/direct-routing")
    def direct_routing() -> Page:
        chosen = request.args.get("customer", type=UUID)
        customers = console.customers.all(console.scope)
        if chosen is not None:
            return redirect(url_for("services.new_tenant", customer_id=chosen))
        return render_template("wizard_order_customer.html", customers=customers)

    @routes.get("/services/add/direct-routing/<uuid:customer_id>")
    def new_tenant(customer_id: UUID) -> Page:
        return _form_page(console, customer_id, OrderForm(send_link=True), {})

    @routes.post("/services/add/direct-routing/<uuid:customer_id>")
    def order(customer_id: UUID) -> Page:
        access.require_acting()
        form = OrderForm()
        try:
            answer = console.orders.run(console.scope, console.operator, _raw(customer_id, form))
        except NotFound:
            abort(404)
        if not isinstance(answer, UUID):
            return _form_page(console, customer_id, form, messages(answer)), 422
        return redirect(url_for("services.ordered", subject=answer), 303)

    @routes.get("/onboardings/<uuid:subject>/ordered")
    def ordered(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        name = onboarding.order.short_name if onboarding.order else ""
        return render_template(
            "wizard_order_done.html", onboarding=onboarding, warning=dns_warning(name)
        )

    return routes


def _form_page(
    console: "Console", customer_id: UUID, form: OrderForm, faults: dict[str, list[str]]
) -> str:
    customer = console.customers.find(console.scope, customer_id)
    if customer is None:
        abort(404)
    return render_template("wizard_order.html", form=form, customer=customer, faults=faults)


def _raw(customer_id: UUID, form: OrderForm) -> RawOrder:
    return RawOrder(
        customer_id=customer_id,
        short_name=form.short_name.data or "",
        full_name=form.full_name.data or "",
        license=form.license.data or "",
        licensed_users=(form.licensed_users.data or "").strip(),
        send_link=bool(form.send_link.data),
        email=form.email.data or "",
    )
