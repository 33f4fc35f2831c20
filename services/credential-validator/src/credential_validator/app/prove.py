"""Proves an app registration: Entra has to accept it, Graph has to tell whose it is."""

import re
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from credential_validator.app.ports import Accepted, Entra, Graph, Reading, Refused, Registration
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.clouds import CLOUDS, Cloud
from credential_validator.domain.expiry import secret_info
from credential_validator.domain.findings import findings
from credential_validator.domain.links import with_link
from credential_validator.domain.permissions import Permission, compare, with_names
from credential_validator.domain.problems import Kind
from tenantlink_contracts.values import Tenant, Verdict

# ASCII, because without it the long s and the Kelvin sign pass as letters, ignoring case.
_FLAGS = re.IGNORECASE | re.ASCII
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _FLAGS)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])", _FLAGS)
# The tenants of personal accounts (outlook.com): everybody's, so nobody's to connect.
_PERSONAL = frozenset(
    {
        UUID("9188040d-6c67-4c5b-b112-36a304b66dad"),
        UUID("f8cdef31-a31e-4b4a-93e4-5f571e91255a"),
    }
)
# That it was granted, itself or within a broader one, shows in that the organisation was read.
READ_ORGANISATION = "Organization.Read.All"


@dataclass(frozen=True)
class Prover:
    """The verb with its collaborators; `cloud` tells where people mend what is wrong."""

    entra: Entra
    graph: Graph
    wanted: tuple[Permission, ...]
    cloud: Cloud = CLOUDS["global"]

    def prove(self, registration: Registration, now: datetime, checks: Checks) -> Verdict | Refused:
        """A verdict, or why there is none, with a link to where it is mended."""
        answer = self._proven(registration, now, checks)
        if isinstance(answer, Verdict):
            return answer
        cloud, client_id = self.cloud, registration.client_id
        problem = with_link(answer.problem, cloud.portal, cloud.authority, client_id)
        return replace(answer, problem=problem)

    def _proven(
        self, registration: Registration, now: datetime, checks: Checks
    ) -> Verdict | Refused:
        malformed = _malformed(registration)
        if malformed is not None:
            return Refused(malformed.problem())
        accepted = self.entra.authenticate(registration)
        if isinstance(accepted, Refused):
            return accepted
        checks.begin("tenant")
        reading = self.graph.read(accepted.token, registration.client_id, checks)
        if isinstance(reading, Refused):
            return self._with_missing_names(reading, accepted)
        wrong = _wrong_tenant(registration, reading.tenant)
        if wrong is not None:
            return Refused(wrong.problem())
        return self._verdict(registration, accepted, reading, now, checks)

    def _verdict(
        self,
        registration: Registration,
        accepted: Accepted,
        reading: Reading,
        now: datetime,
        checks: Checks,
    ) -> Verdict | Refused:
        checks.begin("permissions")
        roles = accepted.roles if reading.roles is None else reading.roles
        permissions = compare(self.wanted, with_names(self.wanted, roles, accepted.roles))
        lacking = [
            name for name in self._required(permissions.missing) if name != READ_ORGANISATION
        ]
        if lacking:
            return Refused(problems.permissions_missing(lacking).problem())
        checks.begin("expiry")
        hint, declared = registration.secret[:3], registration.declared_expiry
        secret = secret_info(hint, reading.credentials, now, declared)
        domains = registration.expected.domains
        return Verdict(
            tenant=reading.tenant,
            application=reading.application,
            secret=secret,
            permissions=permissions,
            warnings=findings(reading.tenant, secret, permissions, domains, now),
        )

    def _with_missing_names(self, refused: Refused, accepted: Accepted) -> Refused:
        """Graph only says that it may not; the token says which permissions are there."""
        if refused.problem.code != problems.PERMISSIONS_MISSING.code:
            return refused
        missing = compare(self.wanted, accepted.roles).missing
        kind = problems.permissions_missing(self._required(missing) or [READ_ORGANISATION])
        return replace(refused, problem=kind.problem(refused.problem.support))

    def _required(self, missing: tuple[str, ...]) -> list[str]:
        return [each.name for each in self.wanted if each.required and each.name in missing]


def _malformed(registration: Registration) -> Kind | None:
    """What is wrong before anybody is asked. Only a GUID or a domain may go into a URL."""
    if not registration.secret:
        return problems.SECRET_MISSING
    if _GUID.fullmatch(registration.secret):
        return problems.SECRET_ID_PASTED
    tenant, expected = registration.tenant, registration.expected.tenant
    if _GUID.fullmatch(tenant):
        if UUID(tenant) in _PERSONAL:
            return problems.TENANT_MALFORMED
        is_another = expected is not None and UUID(tenant) != expected
        return problems.TENANT_UNEXPECTED if is_another else None
    return None if _DOMAIN.fullmatch(tenant) else problems.TENANT_MALFORMED


def _wrong_tenant(registration: Registration, found: Tenant) -> Kind | None:
    """A domain says nothing about the id that it leads to; an id has to be the one found."""
    entered, expected = registration.tenant, registration.expected.tenant
    if _GUID.fullmatch(entered) and UUID(entered) != found.id:
        return problems.TENANT_DIFFERS
    if expected is not None and expected != found.id:
        return problems.TENANT_UNEXPECTED
    return None
