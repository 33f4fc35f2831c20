"""The console's forms. Rules are domain code; a form only carries what was typed."""

from uuid import UUID

from flask_wtf import FlaskForm
from wtforms import BooleanField, HiddenField, RadioField, SelectMultipleField, StringField
from wtforms.fields.choices import SelectChoice

from onboarding.domain.breach import Breach
from onboarding.domain.notice_settings import KINDS
from onboarding.domain.registers import Routing
from tenantlink_contracts.values import License
from tenantlink_runtime.clock import new_id


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
    """Add or change a customer; the number is given once."""

    name = StringField("Customer name")
    external_id = StringField("Customer number")
    domains = StringField("Domains")


class CustomerNoticesForm(FlaskForm):
    """Who is told of a customer's orders, and of what not."""

    orderer = BooleanField("Tell whoever has ordered")
    operators = StringField("Email addresses of operators")
    administrators = StringField("Email addresses of administrators")
    muted = SelectMultipleField(
        "Mails that are not sent",
        choices=[SelectChoice(kind.value, text) for kind, text in KINDS.items()],
    )


class M365Form(FlaskForm):
    """The Microsoft 365 settings of a new service."""

    routing = RadioField(
        "Microsoft 365 Settings",
        choices=[SelectChoice(each.name, each.value) for each in Routing],
        default=Routing.DEFAULT.name,
    )
    domain = StringField("M365 Domain")


class ReasonForm(FlaskForm):
    """Why an order is cancelled, or a service closed."""

    reason = StringField("Reason")

    def told(self) -> str:
        """The reason as it stands in the timeline: one line, without what nobody sees."""
        text = " ".join((self.reason.data or "").split())
        seen = "".join(each for each in text if each.isprintable())
        return seen[:500] or "no reason given"


class AddressForm(FlaskForm):
    """To whom the link goes from now on; for a renewal it may be left empty."""

    email = StringField("Email address of the tenant service admin")


class ExtendForm(FlaskForm):
    """For how long a new link is valid."""

    days = StringField("Valid for days")


class RegistrationForm(FlaskForm):
    """The app registration, under the procedure's own labels."""

    submission_id = HiddenField()
    tenant = StringField("Customer Microsoft Tenant ID")
    client_id = StringField("Application (Client) ID")
    secret = StringField("Client Secret")
    declared_expiry = StringField("Secret ends on")


def id_of(field: HiddenField) -> UUID:
    """The id that a form was given when it was shown, so that it can be sent twice."""
    try:
        return UUID(field.data or "")
    except ValueError:
        return new_id()


def messages(breaches: tuple[Breach, ...]) -> dict[str, list[str]]:
    """What is wrong, by field, in the order of the form."""
    found: dict[str, list[str]] = {}
    for breach in breaches:
        found.setdefault(breach.field, []).append(breach.message)
    return found
