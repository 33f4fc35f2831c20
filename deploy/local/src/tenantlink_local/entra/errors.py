"""Entra's error answers, in Entra's shape and nearly in Entra's words."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, make_response, request

# number: (HTTP status, error, description)
KNOWN: dict[int, tuple[int, str, str]] = {
    7000215: (401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent "
              "in the request is the client secret value, not the client secret ID, for a secret "
              "added to app '{app}'."),
    7000222: (401, "invalid_client", "The provided client secret keys for app '{app}' are expired. "
              "Visit the Azure portal to create new keys for your app."),
    7000229: (401, "invalid_client", "The client application {app} is missing service principal in "
              "the tenant {tenant}."),
    700016: (400, "unauthorized_client", "Application with identifier '{app}' was not found in the "
             "directory '{tenant}'. This can happen if the application has not been installed by "
             "the administrator of the tenant or consented to by any user in the tenant."),
    90002: (400, "invalid_tenant", "Tenant '{tenant}' not found. Check to make sure you have the "
            "correct tenant ID and are signing into the correct cloud."),
    900023: (400, "invalid_request", "Specified tenant identifier '{tenant}' is neither a valid "
             "DNS name, nor a valid external domain."),
    900144: (400, "invalid_request", "The request body must contain the following parameter: "
             "'{missing}'."),
    70003: (400, "unsupported_grant_type", "The app requested an unsupported grant type."),
    1002012: (400, "invalid_scope", "The provided value for scope is not valid. Client credential "
              "flows must have a scope value with /.default suffixed to the resource identifier."),
    90033: (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
    90055: (429, "temporarily_unavailable", "The server is temporarily too busy to handle the "
            "request."),
}  # fmt: skip


def refusal(code: int, retry_after: int | None = None, **words: str) -> Response:
    """The answer for an AADSTS number; `words` fill the description in."""
    status, error, text = KNOWN[code]
    answer = make_response(jsonify(body(code, error, text.format(**words))), status)
    if retry_after is not None:
        answer.headers["Retry-After"] = str(retry_after)
    return answer


def body(code: int, error: str, text: str) -> dict[str, Any]:
    """The members that Entra sends; the caller's request id comes back as the correlation id."""
    trace = str(uuid4())
    correlation = request.headers.get("client-request-id") or str(uuid4())
    time = f"{datetime.now(UTC):%Y-%m-%d %H:%M:%SZ}"
    return {
        "error": error,
        "error_description": f"AADSTS{code}: {text} Trace ID: {trace} "
        f"Correlation ID: {correlation} Timestamp: {time}",
        "error_codes": [code],
        "timestamp": time,
        "trace_id": trace,
        "correlation_id": correlation,
        "error_uri": f"https://login.microsoftonline.com/error?code={code}",
    }
