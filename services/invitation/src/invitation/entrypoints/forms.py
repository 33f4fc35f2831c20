"""The forms of the wizard. Their rules are domain code, so that they exist once."""

import secrets
from dataclasses import dataclass

from flask import session
from flask_wtf import FlaskForm
from wtforms import HiddenField, PasswordField, StringField

from invitation.app.look import Found
from invitation.entrypoints.visits import own_submission

FORM_CHARACTERS = 64


class RegistrationForm(FlaskForm):
    """The values of an app registration, under the procedure's own labels."""

    tenant = StringField("Customer Microsoft Tenant ID")
    client_id = StringField("Application (Client) ID")
    secret = PasswordField("Client Secret")
    expiry = StringField("End date of the client secret (optional)")
    form = HiddenField()

    @property
    def number(self) -> str:
        """Which form this is: the same one sent twice is one submission."""
        return (self.form.data or "")[:FORM_CHARACTERS]


class OtherPersonForm(FlaskForm):
    """Whom to ask instead."""

    email = StringField("Email address of the right person")


@dataclass(frozen=True, slots=True)
class Typed:
    """What a form shows at first."""

    tenant: str = ""
    client_id: str = ""
    expiry: str = ""


def filled(found: Found) -> RegistrationForm:
    """A new form with what this browser entered before, but for the secret."""
    form = RegistrationForm()
    typed = _typed(found)
    form.tenant.data, form.client_id.data = typed.tenant, typed.client_id
    form.expiry.data = typed.expiry
    form.form.data = secrets.token_urlsafe(12)
    return form


def _typed(found: Found) -> Typed:
    draft, own = session.get("draft"), own_submission(found)
    if draft is not None:
        return Typed(**draft)
    return Typed(own.tenant, str(own.client_id)) if own is not None else Typed()
