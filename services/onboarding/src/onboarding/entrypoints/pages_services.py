"""Services, Add Service > Direct Routing, Choose customer, Add New Tenant: steps 1 to 7."""

from collections import Counter
from typing import TYPE_CHECKING
from uuid import UUID

from flask import Blueprint, abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from onboarding.app.ports import NotFound
from onboarding.domain.customer import Customer
from onboarding.domain.order import FORBIDDEN, RawOrder, dns_label, dns_warning
from onboarding.entrypoints import access
from onboarding.entrypoints.forms import OrderForm, id_of, messages
from tenantlink_runtime.clock import new_id

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
        if chosen is not None:
            return redirect(url_for("services.new_tenant", customer_id=chosen))
        return _customer_page(console, "customer" in request.args)

    @routes.get("/services/add/direct-routing/<uuid:customer_id>")
    def new_tenant(customer_id: UUID) -> Page:
        access.require_acting()
        return _form_page(console, customer_id, OrderForm(order_id=str(new_id())), {})

    @routes.post("/services/add/direct-routing/<uuid:customer_id>")
    def order(customer_id: UUID) -> Page:
        access.require_acting()
        form = OrderForm()
        try:
            raw, subject = _raw(customer_id, form), id_of(form.order_id)
            answer = console.orders.run(console.scope, console.operator, raw, subject)
        except NotFound:
            abort(404)
        if not isinstance(answer, UUID):
            return _form_page(console, customer_id, form, messages(answer)), 422
        return redirect(url_for("services.ordered", subject=answer), 303)

    @routes.get("/onboardings/<uuid:subject>/ordered")
    def ordered(subject: UUID) -> Page:
        onboarding = console.onboarding(subject)
        if onboarding.order is None:
            abort(404)
        name = onboarding.order.short_name
        return render_template(
            "wizard_order_done.html",
            onboarding=onboarding,
            label=dns_label(name),
            warning=dns_warning(name),
        )

    return routes


def _customer_page(console: "Console", none_chosen: bool) -> str:
    """Nobody is chosen beforehand where there is a choice: it would be the wrong one in time."""
    known = _told_apart(console.customers.all(console.scope))
    added = request.args.get("added", type=UUID)
    only = next(iter(known)) if len(known) == 1 else None
    return render_template(
        "wizard_order_customer.html",
        customers=known,
        chosen=added if added in known else only,
        fault="Choose the customer that orders the service." if none_chosen else "",
    )


def _told_apart(customers: list[Customer]) -> dict[UUID, str]:
    """Their names, with the number where two have the same one."""
    times = Counter(each.name for each in customers)
    return {
        each.id: each.name if times[each.name] == 1 else f"{each.name} ({each.external_id})"
        for each in customers
    }


def _form_page(
    console: "Console", customer_id: UUID, form: OrderForm, faults: dict[str, list[str]]
) -> str:
    customer = console.customers.find(console.scope, customer_id)
    if customer is None:
        abort(404)
    return render_template(
        "wizard_order.html",
        form=form,
        customer=customer,
        faults=faults,
        name_hint=_name_hint(console.orders.reserved_words),
    )


def _name_hint(reserved_words: tuple[str, ...]) -> str:
    words = f", and not containing {' or '.join(reserved_words)}" if reserved_words else ""
    return (
        "3 to 15 characters: letters, numbers and special characters, but none of "
        f"{' '.join(FORBIDDEN)} and no dot, no blank{words}. Unique: the service's name in the "
        "domain is made from it."
    )


def _raw(customer_id: UUID, form: OrderForm) -> RawOrder:
    return RawOrder(
        customer=customer_id,
        short_name=form.short_name.data or "",
        full_name=form.full_name.data or "",
        license=form.license.data or "",
        licensed_users=form.licensed_users.data or "",
        send_link=bool(form.send_link.data),
        email=form.email.data or "",
    )
