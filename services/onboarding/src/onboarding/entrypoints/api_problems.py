"""What went wrong, for programs: problem details (RFC 9457), with every broken rule in `errors`."""

from collections.abc import Iterable, Mapping

import sqlalchemy as sa
import structlog
from flask import Blueprint, Flask, Response, json, render_template, request
from werkzeug.exceptions import HTTPException

from onboarding.domain.breach import Breach

PREFIX = "/api/"
_log = structlog.get_logger(__name__)


class Problem(Exception):
    """Ends a request with an explanation. `code` is for programs."""

    def __init__(
        self,
        status: int,
        code: str,
        title: str,
        detail: str = "",
        errors: Iterable[Breach] = (),
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(title)
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = dict(headers or {})

    def document(self) -> dict[str, object]:
        """The body."""
        told: dict[str, object] = {
            "type": f"urn:tenantlink:problem:{self.code}",
            "title": self.title,
            "status": self.status,
        }
        if self.detail:
            told["detail"] = self.detail
        if self.errors:
            told["errors"] = [
                {"field": each.field, "code": each.code, "message": each.message}
                for each in self.errors
            ]
        return told

    def response(self) -> Response:
        """As it is sent."""
        body = json.dumps(self.document())
        return Response(body, self.status, self.headers, content_type="application/problem+json")


def broken_rules(errors: Iterable[Breach]) -> Problem:
    """An order, or another document, that breaks rules."""
    return Problem(422, "broken_rules", "Not everything is as it has to be.", errors=errors)


def explain(routes: Blueprint, app: Flask) -> None:
    """Let everything that goes wrong under the API's address answer as a problem."""

    @routes.errorhandler(Problem)
    def told(problem: Problem) -> Response:
        return problem.response()

    @routes.errorhandler(HTTPException)
    def known(error: HTTPException) -> Response:
        return _of(error).response()

    @routes.errorhandler(sa.exc.OperationalError)
    def database_away(error: sa.exc.OperationalError) -> Response:
        _log.error("database_away", error=type(error.orig).__name__)
        words = "Nothing is lost. Try again in a minute."
        retry = {"Retry-After": "60"}
        return Problem(
            503, "not_available", "Not available at the moment.", words, headers=retry
        ).response()

    @routes.errorhandler(Exception)
    def unexpected(error: Exception) -> Response:
        _log.error("api_failed", endpoint=request.endpoint, exc_info=error)
        return Problem(500, "unexpected", "Something went wrong; it has been logged.").response()

    @app.errorhandler(404)
    @app.errorhandler(405)
    def nowhere(error: HTTPException) -> Response | tuple[str, int]:
        if request.path.startswith(PREFIX):
            return _of(error).response()
        code, words = error.code or 500, error.description or ""
        return render_template("error.html", code=code, title=error.name, explanation=words), code


def _of(error: HTTPException) -> Problem:
    headers = {name: value for name, value in error.get_headers() if name == "Allow"}
    code = error.name.lower().replace(" ", "_")
    return Problem(error.code or 500, code, error.name, error.description or "", headers=headers)
