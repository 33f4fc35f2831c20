"""Microsoft Entra through real msal.

A fresh application object per validation: msal's caches are not keyed by the secret, so an old
object would call a revoked secret good. `instance_discovery=False`: one host is contacted, ours
from the allow-list.
"""

import base64
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msal
import requests

from credential_validator.adapters.http import MicrosoftSession
from credential_validator.app.ports import Accepted, Refused, Registration
from credential_validator.domain import problems
from tenantlink_contracts.values import Support

_NUMBER = re.compile(r"AADSTS(\d+)")
_CORRELATION = re.compile(r"Correlation ID: ([0-9a-f-]{36})", re.IGNORECASE)


class AuthorityNotAllowed(Exception):
    """The configured authority is not in the allow-list; the service must not start."""


class EntraMsal:
    """`authority` and `graph_url` are https URLs without a path."""

    def __init__(
        self,
        authority: str,
        allowed: tuple[str, ...],
        graph_url: str,
        session: Callable[[], MicrosoftSession],
    ) -> None:
        if authority not in allowed:
            raise AuthorityNotAllowed(f"{authority} is none of {', '.join(allowed)}")
        self._authority = authority
        self._scope = f"{graph_url}/.default"
        self._session = session

    def authenticate(self, registration: Registration) -> Accepted | Refused:
        """Prove the three values with Entra; never raises for what Entra or the network does."""
        try:
            with self._session() as session:
                answer = self._acquire(registration, session)
        except msal.exceptions.MsalServiceError:
            return Refused(problems.MICROSOFT_BUSY.problem(_support({})))
        except requests.RequestException:
            return Refused(problems.MICROSOFT_UNREACHABLE.problem(_support({})))
        except ValueError as error:
            return _discovery_refused(error)
        return _accepted(answer) if "access_token" in answer else _refused(answer, session)

    def _acquire(self, registration: Registration, session: MicrosoftSession) -> dict[str, Any]:
        application = msal.ConfidentialClientApplication(
            str(registration.client_id),
            client_credential=registration.secret,
            authority=f"{self._authority}/{registration.tenant}",
            instance_discovery=False,
            http_client=session,
        )
        answer: dict[str, Any] = application.acquire_token_for_client(scopes=[self._scope])
        return answer


def _accepted(answer: dict[str, Any]) -> Accepted:
    token: str = answer["access_token"]
    return Accepted(token, _roles(token))


def _roles(token: str) -> tuple[str, ...]:
    """The permissions that the token names: a hint, where Graph may not be asked for them.

    The token is Graph's to verify, not ours; one that is no JWT names none.
    """
    try:
        payload = token.split(".")[1]
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    except (IndexError, ValueError):
        return ()
    return tuple(map(str, claims.get("roles", ())))


def _refused(answer: dict[str, Any], session: MicrosoftSession) -> Refused:
    problem = problems.explain(_numbers(answer), str(answer.get("error", "")), _support(answer))
    return Refused(problem, session.retry_after)


def _discovery_refused(error: ValueError) -> Refused:
    """msal raises for an unknown tenant; Entra's own answer is in the exception's context."""
    text = f"{error} {error.__context__}"
    numbers = [int(number) for number in _NUMBER.findall(text)]
    correlation = _CORRELATION.search(text)
    support = Support(
        aadsts=numbers[0] if numbers else None,
        correlation_id=correlation[1] if correlation else None,
        time=datetime.now(UTC),
    )
    if not numbers:
        return Refused(problems.TENANT_NOT_FOUND.problem(support))
    return Refused(problems.explain(numbers, "", support))


def _numbers(answer: dict[str, Any]) -> list[int]:
    codes = answer.get("error_codes")
    if isinstance(codes, list):
        return [int(code) for code in codes]
    return [int(code) for code in _NUMBER.findall(str(answer.get("error_description", "")))]


def _support(answer: dict[str, Any]) -> Support:
    numbers = _numbers(answer)
    return Support(
        aadsts=numbers[0] if numbers else None,
        correlation_id=answer.get("correlation_id"),
        time=datetime.now(UTC),
    )
