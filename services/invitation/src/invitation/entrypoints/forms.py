"""The one form of the wizard. Its rules are domain code, so that they exist once."""

from flask_wtf import FlaskForm
from wtforms import PasswordField, StringField


class RegistrationForm(FlaskForm):
    """The three values of an app registration, under the procedure's own labels."""

    tenant = StringField("Customer Microsoft Tenant ID")
    client_id = StringField("Application (Client) ID")
    secret = PasswordField("Client Secret")
