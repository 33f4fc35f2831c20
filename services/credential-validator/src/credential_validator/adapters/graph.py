"""The reads from Microsoft Graph, over plain HTTPS."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import requests

from credential_validator.adapters.http import MicrosoftSession
from credential_validator.app.ports import Reading, Refused
from credential_validator.domain import problems
from credential_validator.domain.checks import Checks
from credential_validator.domain.expiry import PasswordCredential
from tenantlink_contracts.values import Application, Support, Tenant

_LONG_AGO = "2000-01-01T00:00:00Z"
_APPLICATION_FIELDS = "id,appId,displayName,passwordCredentials"


class NotAllowed(Exception):
    """Graph answered 403: the permission for this read is missing."""

    def __init__(self, support: Support) -> None:
        super().__init__("Graph may not be asked for this")
        self.support = support


class NotFound(Exception):
    """Graph answered 404: it does not live in this tenant."""


class Unavailable(Exception):
    """Graph asks to wait or does not work; `retry_after` in seconds where it says so."""

    def __init__(self, support: Support, retry_after: float | None, is_outage: bool) -> None:
        super().__init__("Graph is not available")
        self.support = support
        self.retry_after = retry_after
        self.is_outage = is_outage


class GraphReader:
    """`base_url` is an https URL without a path."""

    def __init__(self, base_url: str, session: Callable[[], MicrosoftSession]) -> None:
        self._base_url = f"{base_url}/v1.0"
        self._session = session

    def read(self, token: str, client_id: UUID, checks: Checks) -> Reading | Refused:
        """Whose tenant it is, and what the application's secrets and permissions are."""
        try:
            with self._session() as session:
                session.headers["Authorization"] = f"Bearer {token}"
                return self._read(session, client_id, checks)
        except NotAllowed as error:
            return Refused(problems.PERMISSIONS_MISSING.problem(error.support))
        except Unavailable as error:
            problem = problems.MICROSOFT_BUSY.problem(error.support)
            return Refused(problem, error.retry_after, error.is_outage)
        except requests.HTTPError:  # somebody answers, if only that our question is wrong
            return Refused(problems.MICROSOFT_UNREACHABLE.problem())
        except (requests.RequestException, NotFound, LookupError, ValueError, TypeError):
            return Refused(problems.MICROSOFT_UNREACHABLE.problem(), is_outage=True)

    def _read(self, session: MicrosoftSession, client_id: UUID, checks: Checks) -> Reading:
        organisation = self._get(session, "organization?$select=id,displayName,verifiedDomains")
        tenant = _tenant(organisation["value"][0])
        checks.begin("application")
        try:
            application = self._application(session, client_id)
            checks.begin("permissions")
            roles = self._get(session, f"servicePrincipals(appId='{client_id}')/appRoleAssignments")
        except NotAllowed:
            return Reading(tenant, Application(client_id=client_id), None, None)
        return Reading(
            tenant,
            Application(client_id=client_id, name=application.get("displayName") or ""),
            _password_credentials(application["passwordCredentials"]),
            tuple(each["appRoleId"] for each in roles["value"]),
        )

    def _application(self, session: MicrosoftSession, client_id: UUID) -> dict[str, Any]:
        """One that was registered in another tenant is only a guest here: nothing to read of it."""
        try:
            return self._get(
                session, f"applications(appId='{client_id}')?$select={_APPLICATION_FIELDS}"
            )
        except NotFound:
            return {"passwordCredentials": []}

    def _get(self, session: MicrosoftSession, path: str) -> dict[str, Any]:
        response = session.get(f"{self._base_url}/{path}")
        if response.status_code == 403:
            raise NotAllowed(_support(response))
        if response.status_code == 404:
            raise NotFound
        is_outage = response.status_code >= 500
        if response.status_code == 429 or is_outage:
            raise Unavailable(_support(response), session.retry_after, is_outage)
        response.raise_for_status()
        answer: dict[str, Any] = response.json()
        return answer


def _support(response: requests.Response) -> Support:
    """Graph's request id, which Microsoft's support asks for."""
    return Support(trace_id=response.headers.get("request-id"), time=datetime.now(UTC))


def _tenant(row: dict[str, Any]) -> Tenant:
    domains = tuple(each["name"] for each in row.get("verifiedDomains", []))
    return Tenant(id=UUID(row["id"]), name=row.get("displayName") or "", domains=domains)


def _password_credentials(rows: list[dict[str, Any]]) -> tuple[PasswordCredential, ...]:
    """Both dates may be null: one without an end tells nothing, one without a start has begun."""
    return tuple(
        PasswordCredential(
            row.get("hint"),
            datetime.fromisoformat(row.get("startDateTime") or _LONG_AGO),
            datetime.fromisoformat(row["endDateTime"]),
        )
        for row in rows
        if row.get("endDateTime")
    )
