"""The operators' console: login, and one module of pages per part of the procedure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from flask import Flask, abort, flash, g

from onboarding.app.desk import Decide, Desk
from onboarding.app.order_service import OrderService
from onboarding.app.ports import Customers, NotFound, NotPossible, Onboardings
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.operator import Operator, Scope
from onboarding.domain.states import WORDS, State
from onboarding.entrypoints import (
    access,
    login,
    pages_customers,
    pages_pending,
    pages_portal,
    pages_services,
    pages_timeline,
    pages_wizard,
)
from onboarding.entrypoints.oidc import IdentityProvider
from onboarding.settings import OnboardingSettings
from tenantlink_runtime.web import create_app

SESSION_ENDS_AFTER = timedelta(hours=10)


@dataclass(frozen=True)
class Console:
    """What the pages work with, free of Flask but for who is asking."""

    desk: Desk
    orders: OrderService
    onboardings: Onboardings
    customers: Customers
    clock: Callable[[], datetime]

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
            self.desk.act(self.scope, subject, self.operator, text, decide)
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
    app.jinja_env.globals["State"] = State
    app.jinja_env.filters["in_words"] = lambda state: WORDS[state]
    app.jinja_env.filters["moment"] = lambda at: f"{at:%d %b %Y, %H:%M} UTC"
    app.register_blueprint(login.pages(provider, settings.public_url))
    for module in (
        pages_services,
        pages_customers,
        pages_pending,
        pages_wizard,
        pages_portal,
        pages_timeline,
    ):
        app.register_blueprint(module.pages(console))
    return app
