"""What every process with pages has: headers, sessions, CSRF, gunicorn. Knows no broker."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
import structlog
from flask import Flask, Request, Response, render_template, request
from flask_bootstrap import Bootstrap5
from flask_wtf import CSRFProtect
from flask_wtf.csrf import CSRFError
from gunicorn.app.base import BaseApplication
from jinja2 import StrictUndefined
from werkzeug.exceptions import HTTPException

from tenantlink_runtime import health, tracing
from tenantlink_runtime.database import reachable
from tenantlink_runtime.settings import WebSettings, required

_log = structlog.get_logger(__name__)

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MAX_REQUEST_BYTES = 256 * 1024


def create_app(import_name: str, settings: WebSettings, session_cookie: str) -> Flask:
    """A Flask application with everything but pages.

    `session_cookie` names the cookie, so that two applications on one host do not share one.
    Templates may use `_()` and `{% trans %}` from the start; `error.html` has to exist and gets
    `code`, `title` and `explanation`.
    """
    app = Flask(import_name)
    app.config.update(
        SECRET_KEY=required(settings.session_key_file, "SESSION_KEY_FILE").read_text().strip(),
        SESSION_COOKIE_NAME=session_cookie,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=settings.secure_cookies,
        SESSION_REFRESH_EACH_REQUEST=False,  # a late stylesheet would bring an ended session back
        MAX_CONTENT_LENGTH=MAX_REQUEST_BYTES,
        BOOTSTRAP_SERVE_LOCAL=True,
        WTF_CSRF_TIME_LIMIT=None,
        WTF_CSRF_SSL_STRICT=False,  # it wants the Referer that our pages tell browsers not to send
    )
    app.jinja_env.undefined = StrictUndefined
    app.jinja_env.add_extension("jinja2.ext.i18n")
    app.jinja_env.install_null_translations(newstyle=True)  # type: ignore[attr-defined]
    Bootstrap5(app)
    CSRFProtect(app)
    app.after_request(_harden)
    app.wsgi_app = _traced(app, app.wsgi_app)  # type: ignore[method-assign]
    _explain_errors(app)
    return app


def _traced(app: Flask, serve_request: Callable[..., Any]) -> Callable[..., Any]:
    """Each request is the beginning of a trace, named by the page and never by its path: a path may
    hold a link's token."""

    def within_a_span(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
        if not tracing.is_on():
            return serve_request(environ, start_response)
        try:
            rule, _ = app.create_url_adapter(Request(environ)).match(return_rule=True)  # type: ignore[union-attr]
            page = rule.endpoint
        except HTTPException:
            page = "unknown"
        method = {"http.request.method": environ["REQUEST_METHOD"]}
        with tracing.span(f"{environ['REQUEST_METHOD']} {page}", "SERVER", None, method):
            return serve_request(environ, start_response)

    return within_a_span


def _harden(response: Response) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if not request.path.startswith(("/static/", "/bootstrap/")):
        response.headers["Cache-Control"] = "no-store"
    return response


def _explain_errors(app: Flask) -> None:
    """People read what happened and what to do; exception texts stay in the log."""

    def page(code: int, title: str, explanation: str) -> tuple[str, int]:
        return render_template("error.html", code=code, title=title, explanation=explanation), code

    @app.errorhandler(CSRFError)
    def stale_form(_error: CSRFError) -> tuple[str, int]:
        return page(
            400,
            "This form is no longer valid",
            "Your session has ended or the page was open for too long. Go back, reload, try again.",
        )

    @app.errorhandler(HTTPException)
    def known(error: HTTPException) -> tuple[str, int]:
        return page(error.code or 500, error.name, error.description or "")

    @app.errorhandler(sa.exc.OperationalError)
    def database_away(error: sa.exc.OperationalError) -> tuple[str, int]:
        _log.error("database_away", error=type(error.orig).__name__)
        return page(503, "Not available at the moment", "Nothing is lost. Try again in a minute.")

    @app.errorhandler(Exception)
    def unexpected(error: Exception) -> tuple[str, int]:
        _log.error("page_failed", endpoint=request.endpoint, exc_info=error)
        return page(500, "Something went wrong", "It has been logged. Try again in a minute.")


class _Gunicorn(BaseApplication):
    """Gunicorn with settings from our own class instead of a file of its own."""

    def __init__(self, app: Flask, options: dict[str, Any]) -> None:
        self._app = app
        self._options = options
        super().__init__()

    def load_config(self) -> None:
        for name, value in self._options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._app


def serve(app: Flask, settings: WebSettings, engine: sa.Engine) -> None:
    """Serve until SIGTERM. One process with threads, so that its metrics are one set.

    There is no access log: a path may hold a link's token.
    """

    def start_internal_port(_worker: Any) -> None:
        engine.dispose()  # connections must not be shared across the fork
        health.serve(settings.internal_host, settings.internal_port, lambda: reachable(engine))

    hook: Callable[[Any], None] = start_internal_port
    _Gunicorn(
        app,
        {
            "bind": f"{settings.web_host}:{settings.web_port}",
            "workers": 1,
            "threads": settings.web_threads,
            "worker_class": "gthread",
            "accesslog": None,
            "loglevel": "warning",
            "graceful_timeout": 15,
            "post_worker_init": hook,
        },
    ).run()
