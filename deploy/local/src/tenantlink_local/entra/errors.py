"""Entra's error answers, in Entra's shape."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, make_response

# number: (HTTP status, error, description)
KNOWN: dict[int, tuple[int, str, str]] = {
    7000215: (401, "invalid_client", "Invalid client secret provided. Ensure the secret being sent "
              "in the request is the client secret value, not the client secret ID."),
    7000222: (401, "invalid_client", "The provided client secret keys for app are expired."),
    7000229: (401, "invalid_client", "The client application is missing service principal in the "
              "tenant."),
    700016: (400, "unauthorized_client", "Application was not found in the directory."),
    90002: (400, "invalid_tenant", "Tenant not found. Check to make sure you have the correct "
            "tenant ID and are signing into the correct cloud."),
    900023: (400, "invalid_request", "Specified tenant identifier is neither a valid DNS name, nor "
             "a valid external domain."),
    900144: (400, "invalid_request", "The request body must contain the parameter."),
    90033: (503, "temporarily_unavailable", "A transient error has occurred. Please try again."),
}  # fmt: skip


def refusal(code: int) -> Response:
    """The answer for an AADSTS number."""
    status, error, text = KNOWN[code]
    return make_response(jsonify(body(code, error, text)), status)


def throttled() -> Response:
    """429, as the token endpoint answers floods."""
    answer = make_response(jsonify(body(90055, "temporarily_unavailable", "Too many requests.")))
    answer.status_code = 429
    answer.headers["Retry-After"] = "2"
    return answer


def body(code: int, error: str, text: str) -> dict[str, Any]:
    """The members that Entra sends."""
    trace, correlation = str(uuid4()), str(uuid4())
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
