"""The Microsoft 365 settings of the new service."""

import re
from dataclasses import replace
from datetime import datetime

from onboarding.app.possible import require
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.order import dns_label
from onboarding.domain.registers import M365Settings, Routing
from onboarding.domain.verbs import Verb
from tenantlink_runtime.decision import Decision

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.I)


def is_domain(text: str) -> bool:
    """Whether a text can be a domain name."""
    return bool(_DOMAIN.fullmatch(text))


def derived(onboarding: Onboarding, base_domain: str) -> M365Settings | None:
    """What is proposed: the service's name at the provider's domain, or, without one, the tenant's
    first domain. None where neither is known."""
    order, verdict = onboarding.order, onboarding.newest_verdict
    if order is not None and base_domain:
        return M365Settings(Routing.DEFAULT, f"{dns_label(order.short_name)}.{base_domain}")
    if verdict is not None and verdict.tenant.domains:
        return M365Settings(Routing.DEFAULT, verdict.tenant.domains[0].lower())
    return None


def choose(
    onboarding: Onboarding, _now: datetime, routing: Routing, domain: str
) -> Decision[Onboarding]:
    """Possible once the credentials are validated, and again after a failed creation."""
    require(onboarding, Verb.CHOOSE_SETTINGS)
    return Decision(replace(onboarding, settings=M365Settings(routing, domain.lower())))
