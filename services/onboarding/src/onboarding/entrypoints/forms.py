"""The console's forms. Rules are domain code; a form only carries what was typed."""

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, StringField
from wtforms.fields.choices import SelectChoice

from onboarding.domain.breach import Breach
from onboarding.domain.registers import Routing
from tenantlink_contracts.values import License


class OrderForm(FlaskForm):
    """Add New Tenant, under the procedure's own labels."""

    order_id = HiddenField()
    short_name = StringField("Unique Short Name of Service")
    full_name = StringField("Full Name of Service")
    license = RadioField("License type", choices=[SelectChoice(each.value) for each in License])
    licensed_users = StringField("Number of licensed users")
    send_link = BooleanField("Send link to IT administrator for authentication")
    email = StringField("Email address of the tenant service admin")


class CustomerForm(FlaskForm):
    """Add customer."""

    name = StringField("Customer name")
    external_id = StringField("Customer number")
    domains = StringField("Domains")


class M365Form(FlaskForm):
    """The Microsoft 365 settings of a new service."""

    routing = RadioField(
        "Microsoft 365 Settings",
        choices=[SelectChoice(each.name, each.value) for each in Routing],
        default=Routing.DEFAULT.name,
    )
    domain = StringField("M365 Domain")


class CancelForm(FlaskForm):
    """Cancel this onboarding."""

    reason = StringField("Reason")


def messages(breaches: tuple[Breach, ...]) -> dict[str, list[str]]:
    """What is wrong, by field, in the order of the form."""
    found: dict[str, list[str]] = {}
    for breach in breaches:
        found.setdefault(breach.field, []).append(breach.message)
    return found
