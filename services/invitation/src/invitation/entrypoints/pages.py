"""The public Invitation wizard: its pages put together, its errors explained.

GET and HEAD change nothing, so that mail scanners may follow links. Every request reads the link's
row anew, so sessions die with their link. What is unknown, used up, withdrawn or expired looks the
same to a stranger. Results are shown only to the browser session that submitted.
"""

from datetime import datetime, timedelta

from flask import Flask, render_template, request, session, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import RequestEntityTooLarge

from invitation.entrypoints import (
    languages,
    looks,
    pages_asking,
    pages_form,
    pages_link,
    pages_result,
    quiet_logs,
    visits,
)
from invitation.entrypoints.patience import Patience
from invitation.entrypoints.visits import SessionEnded, Wizard
from invitation.settings import InvitationSettings
from tenantlink_runtime.brands import Brands
from tenantlink_runtime.web import create_app

MOST_BYTES_READ = 4 * 1024 * 1024
_CHUNK = 64 * 1024

__all__ = ["Wizard", "create_wizard"]


def create_wizard(settings: InvitationSettings, wizard: Wizard, brands: Brands) -> Flask:
    """The Flask application."""
    quiet_logs.keep_tokens_out()
    app = create_app(__name__, settings, session_cookie="tenantlink_invitation")
    app.config["PERMANENT_SESSION_LIFETIME"] = timedelta(minutes=settings.session_minutes)
    app.before_request(visits.remember_language)
    _speak(app)
    looks.register(app, brands, settings.session_minutes)
    _explain(app)
    patience = Patience(settings.verdict_seconds, at_once=settings.web_threads // 2)
    pages_link.register(app, wizard)
    pages_form.register(app, wizard, patience)
    pages_result.register(app, wizard)
    pages_asking.register(app, wizard)
    return app


def _speak(app: Flask) -> None:
    """Words and dates in the reader's language."""
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        lambda text: languages.translations(visits.language()).gettext(text),
        lambda one, many, n: languages.translations(visits.language()).ngettext(one, many, n),
        newstyle=True,
    )

    def moment(at: datetime) -> str:
        return languages.moment(at, visits.language())

    def day(at: datetime) -> str:
        return languages.day(at, visits.language())

    app.jinja_env.filters.update(
        moment=moment, day=day, second=languages.second, clock=languages.clock
    )
    app.jinja_env.globals["words_of"] = lambda p: languages.words_of(p, visits.language())


def _explain(app: Flask) -> None:
    """Every way out of the wizard is a page that says how to go on."""

    @app.errorhandler(404)
    def not_active(_error: Exception) -> tuple[str, int]:
        return render_template("not_active.html", ask=_where_to_ask()), 404

    @app.errorhandler(SessionEnded)
    @app.errorhandler(CSRFError)
    def session_ended(_error: Exception) -> tuple[str, int]:
        return render_template("session_ended.html"), 403

    @app.errorhandler(RequestEntityTooLarge)
    def too_large(_error: RequestEntityTooLarge) -> tuple[str, int]:
        _read_away()
        return render_template("too_large.html"), 413


def _where_to_ask() -> str | None:
    """Where the form goes that asks for a new link: the link itself, whose token is written in no
    page, or the session that has followed it."""
    if request.endpoint in ("link.landing", "link.enter"):
        return f"?ask={pages_link.ASK}"
    in_wizard = request.path.startswith("/wizard") and "link" in session
    return url_for("other_person.new_link") if in_wizard else None


def _read_away() -> None:
    """A browser that is cut off while it sends shows no page, so take what it sends, up to a
    point, and forget it."""
    left = min(request.content_length or 0, MOST_BYTES_READ)
    stream = request.environ["wsgi.input"]
    while left > 0 and (chunk := stream.read(min(left, _CHUNK))):
        left -= len(chunk)
