"""The operators' console: login, and one module of pages per part of the procedure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, abort, flash, g, request

from onboarding.app.create_service import Provisioning
from onboarding.app.desk import Decide, Desk
from onboarding.app.hand_over import HandOver
from onboarding.app.order_service import OrderService
from onboarding.app.ports import Customers, NotFound, NotPossible, Onboardings, SecretSealer
from onboarding.domain.deadlines import Deadlines
from onboarding.domain.granting import scripts_for
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from onboarding.domain.states import WORDS, State
from onboarding.domain.verbs import Verb, why_not
from onboarding.entrypoints import (
    access,
    login,
    pages_customers,
    pages_invitation,
    pages_pending,
    pages_portal,
    pages_registration,
    pages_services,
    pages_timeline,
    pages_wizard,
)
from onboarding.entrypoints.oidc import IdentityProvider
from onboarding.settings import OnboardingSettings
from tenantlink_runtime.web import create_app

_CHECKS = {
    "sign_in": "Sign-in at Microsoft Entra",
    "tenant": "Whose tenant it is",
    "application": "The application",
    "permissions": "Its permissions",
    "expiry": "When the secret ends",
}
SESSION_ENDS_AFTER = timedelta(hours=10)


@dataclass(frozen=True)
class Console:
    """What the pages work with, free of Flask but for who is asking."""

    desk: Desk
    orders: OrderService
    onboardings: Onboardings
    customers: Customers
    clock: Callable[[], datetime]
    links: HandOver
    sealer: SecretSealer
    is_address: Callable[[str], bool]
    deadlines: Deadlines
    provisioning: Provisioning
    base_domain: str

    @property
    def operator(self) -> Operator:
        """Who is asking."""
        asking: Operator = g.operator
        return asking

    @property
    def scope(self) -> Scope:
        """What they may see."""
        return Scope.everything()

    def onboarding(self, subject: UUID) -> Onboarding:
        """An onboarding to show; 404 where there is none that the operator may see."""
        found = self.onboardings.find(self.scope, subject)
        if found is None:
            abort(404)
        return found

    def act(self, subject: UUID, text: str, decide: Decide) -> bool:
        """Carry out an action; what stood in its way is shown on the next page."""
        access.require_acting()
        try:
            origin = request.remote_addr or ""
            self.desk.act(self.scope, subject, self.operator, text, decide, origin)
        except NotPossible as error:
            flash(str(error), "warning")
            return False
        except NotFound:
            abort(404)
        return True


def create_console(settings: OnboardingSettings, console: Console) -> Flask:
    """The Flask application."""
    app = create_app(__name__, settings, session_cookie="tenantlink_console")
    app.permanent_session_lifetime = SESSION_ENDS_AFTER  # a role that was taken away ends then
    secret = settings.oidc_client_secret_file.read_text().strip()
    provider = IdentityProvider(
        app, settings.oidc_issuer, settings.oidc_client_id, secret, settings.tls_ca_file
    )
    app.before_request(access.check)
    app.context_processor(lambda: {"brand": settings.brand_name, "operator": access.current()})
    _teach_templates(app)
    app.register_blueprint(login.pages(provider, settings.public_url))
    for module in (
        pages_services,
        pages_customers,
        pages_pending,
        pages_invitation,
        pages_registration,
        pages_wizard,
        pages_portal,
        pages_timeline,
    ):
        app.register_blueprint(module.pages(console))
    return app


def _teach_templates(app: Flask) -> None:
    """The domain's own words and rules; what is no verb's name is a fault of ours."""
    app.jinja_env.globals.update(State=State, Verb=Verb)
    app.jinja_env.filters.update(
        in_words=lambda state: WORDS[state],
        moment=lambda at: f"{at:%d %b %Y, %H:%M} UTC",
        can=lambda onboarding, verb: why_not(onboarding, Verb[verb]) is None,
        check_words=lambda name: _CHECKS[name],
        grant_scripts=scripts_for,
    )
