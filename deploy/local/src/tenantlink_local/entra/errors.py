"""Entra's error answers, in Entra's shape and nearly in Entra's words."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any
from uuid import uuid4

from flask import Response, jsonify, make_response, request

from tenantlink_local.entra.aadsts import KNOWN


def refusal(code: int, retry_after: str | None = None, **words: str) -> Response:
    """The answer for an AADSTS number; `words` fill the description in."""
    status, error, text = KNOWN[code]
    named = {"app": "", "tenant": "", "missing": "client_secret", **words}
    answer = make_response(jsonify(body(code, error, text.format(**named))), status)
    if retry_after is not None:
        answer.headers["Retry-After"] = retry_after
    return answer


def retry_after(seconds: int, as_date: bool) -> str:
    """The header in one of its two forms."""
    if not as_date:
        return str(seconds)
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def truncated() -> Response:
    """An answer that breaks off in the middle, as a proxy on the way leaves it."""
    return make_response('{"token_type": "Bearer", "value": [{"id": ', 200)


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
