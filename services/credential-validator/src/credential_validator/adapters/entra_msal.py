"""Microsoft Entra through real msal.

A fresh application object per validation: msal's caches are not keyed by the secret, so an old
object would call a revoked secret good. `instance_discovery=False`: one host is contacted, ours
from the allow-list.
"""

import base64
import json
import logging
import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import msal
import requests
import structlog

from credential_validator.adapters.http import MicrosoftSession
from credential_validator.app.ports import Accepted, Refused, Registration
from credential_validator.domain import aadsts, problems
from tenantlink_contracts.values import Support

_log = structlog.get_logger(__name__)

_NUMBER = re.compile(r"AADSTS(\d+)")
# msal takes the form of answers for granted, so an odd one ends in whatever Python makes of it.
_RAISED_BY_MSAL = (
    requests.RequestException,
    msal.exceptions.MsalError,
    ValueError,
    RuntimeError,
    LookupError,
    AttributeError,
    TypeError,
)


class EntraMsal:
    """`authority` and `graph_url` are https URLs without a path."""

    def __init__(
        self, authority: str, graph_url: str, session: Callable[[], MicrosoftSession]
    ) -> None:
        self._authority = authority
        self._scope = f"{graph_url}/.default"
        self._session = session
        # It logs the body of an answer that is no JSON, and a proxy's page may echo the secret.
        logging.getLogger("msal.oauth2cli").setLevel(logging.CRITICAL)

    def authenticate(self, registration: Registration) -> Accepted | Refused:
        """Prove the three values with Entra; never raises for what Entra or the network does."""
        with self._session() as session:
            try:
                answer = self._acquire(registration, session)
            except _RAISED_BY_MSAL as error:
                _log.warning("no_token", error=type(error).__name__)
                return _refused(session)
            return _accepted(answer) if "access_token" in answer else _refused(session)

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


def _refused(session: MicrosoftSession) -> Refused:
    """From Entra's answer itself: what msal raises says less, and differs from case to case.

    An answer that is not in Entra's form comes from something between us and Entra.
    """
    if session.last is None:
        return Refused(problems.MICROSOFT_UNREACHABLE.problem(_support({})), is_outage=True)
    status, answer = session.last.status_code, _body(session.last)
    if status == 429 or status >= 500:
        problem = problems.MICROSOFT_BUSY.problem(_support(answer))
        return Refused(problem, session.retry_after, is_outage=status >= 500)
    if "error" not in answer:
        return Refused(problems.MICROSOFT_UNREACHABLE.problem(_support(answer)), is_outage=True)
    problem = aadsts.explain(_numbers(answer), str(answer["error"]), _support(answer))
    return Refused(problem, session.retry_after)


def _body(response: requests.Response) -> dict[str, Any]:
    try:
        body = response.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def _numbers(answer: dict[str, Any]) -> list[int]:
    codes = answer.get("error_codes")
    if isinstance(codes, list):
        return [code for code in codes if isinstance(code, int)]
    return [int(code) for code in _NUMBER.findall(str(answer.get("error_description", "")))]


def _support(answer: dict[str, Any]) -> Support:
    numbers = _numbers(answer)
    return Support(
        aadsts=numbers[0] if numbers else None,
        correlation_id=_text(answer.get("correlation_id")),
        trace_id=_text(answer.get("trace_id")),
        time=_time(answer.get("timestamp")),
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None


def _time(timestamp: object) -> datetime:
    """Entra's own time, which its logs are searched by; else ours."""
    try:
        moment = datetime.fromisoformat(str(timestamp))
    except ValueError:
        return datetime.now(UTC)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
