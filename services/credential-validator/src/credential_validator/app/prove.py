"""Proves an app registration: Entra has to accept it, Graph has to tell whose it is."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from credential_validator.app.ports import Entra, Graph, Refused, Registration
from credential_validator.domain import problems
from credential_validator.domain.expiry import secret_info
from credential_validator.domain.permissions import Permission, compare
from tenantlink_contracts.values import Tenant, Verdict
from tenantlink_runtime.job import MAX_DELAY_SECONDS, growing_delay

# ASCII, because without it the long s and the Kelvin sign pass as letters, ignoring case.
_FLAGS = re.IGNORECASE | re.ASCII
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _FLAGS)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])", _FLAGS)

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
        if _is_another(registration.tenant, reading.tenant):
            return Refused(problems.TENANT_DIFFERS.problem())
        roles = accepted.roles if reading.roles is None else reading.roles
        return Verdict(
            tenant=reading.tenant,
            application=reading.application,
            secret=secret_info(registration.secret[:3], reading.credentials, now),
            permissions=compare(self.wanted, roles),
        )


def _malformed(registration: Registration) -> problems.Kind | None:
    """What is wrong before anybody is asked. Only a GUID or a domain may go into a URL."""
    if not registration.secret:
        return problems.SECRET_MISSING
    if _GUID.fullmatch(registration.secret):
        return problems.SECRET_ID_PASTED
    tenant = registration.tenant
    if not (_GUID.fullmatch(tenant) or _DOMAIN.fullmatch(tenant)):
        return problems.TENANT_MALFORMED
    return None


def _is_another(entered: str, found: Tenant) -> bool:
    """A domain says nothing about the id that it leads to; an id has to be the one found."""
    return bool(_GUID.fullmatch(entered)) and UUID(entered) != found.id


def next_try(answer: Refused, attempts: int, now: datetime) -> datetime:
    """When to try again; Microsoft's own word on it counts most, but for an hour at most."""
    if answer.retry_after:
        return now + timedelta(seconds=min(answer.retry_after, MAX_DELAY_SECONDS))
    return now + growing_delay(attempts)
