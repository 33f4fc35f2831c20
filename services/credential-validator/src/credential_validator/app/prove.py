"""Proves an app registration: Entra has to accept it, Graph has to tell whose it is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from credential_validator.app.ports import Entra, Graph, Refused, Registration
from credential_validator.domain import problems
from credential_validator.domain.expiry import secret_info
from credential_validator.domain.permissions import Permission, compare
from tenantlink_contracts.values import Verdict
from tenantlink_runtime.job import growing_delay

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.I)

MAX_ATTEMPTS = 20


@dataclass(frozen=True)
class Prover:
    """The verb with its collaborators."""

    entra: Entra
    graph: Graph
    wanted: tuple[Permission, ...]

    def prove(self, registration: Registration, now: datetime) -> Verdict | Refused:
        """A verdict, or why there is none."""
        malformed = _malformed(registration)
        if malformed is not None:
            return Refused(malformed.problem())
        accepted = self.entra.authenticate(registration)
        if isinstance(accepted, Refused):
            return accepted
        reading = self.graph.read(accepted.token, registration.client_id)
        if isinstance(reading, Refused):
            return reading
        roles = accepted.roles if reading.roles is None else reading.roles
        return Verdict(
            tenant=reading.tenant,
            application=reading.application,
            secret=secret_info(registration.secret[:3], reading.credentials, now),
            permissions=compare(self.wanted, roles),
        )


def _malformed(registration: Registration) -> problems.Kind | None:
    """What is wrong before anybody is asked. Only a GUID or a domain may go into a URL."""
    if _GUID.fullmatch(registration.secret):
        return problems.SECRET_ID_PASTED
    tenant = registration.tenant
    if not (_GUID.fullmatch(tenant) or _DOMAIN.fullmatch(tenant)):
        return problems.TENANT_MALFORMED
    return None


def next_try(answer: Refused, attempts: int, now: datetime) -> datetime:
    """When to try again; Microsoft's own word on it counts most."""
    if answer.retry_after is not None:
        return now + timedelta(seconds=answer.retry_after)
    return now + growing_delay(attempts)
