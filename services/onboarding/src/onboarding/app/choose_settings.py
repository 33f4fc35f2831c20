"""The Microsoft 365 settings of the new service."""

import re
from dataclasses import replace
from datetime import datetime

from onboarding.app.ports import NotPossible
from onboarding.domain.onboarding import Onboarding
from onboarding.domain.registers import M365Settings, Routing
from onboarding.domain.states import State
from tenantlink_runtime.decision import Decision

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.I)


def is_domain(text: str) -> bool:
    """Whether a text can be a domain name."""
    return bool(_DOMAIN.fullmatch(text))


def choose(
    onboarding: Onboarding, _now: datetime, routing: Routing, domain: str
) -> Decision[Onboarding]:
    """Possible once the credentials are validated."""
    if onboarding.state is not State.VALIDATED:
        raise NotPossible("The tenant credentials have to be validated first.")
    return Decision(replace(onboarding, settings=M365Settings(routing, domain.lower())))
