"""Who may open which page: nobody without login, and viewers change nothing."""

from flask import abort, g, redirect, request, session, url_for
from werkzeug.wrappers import Response

from onboarding.domain.operator import Operator, Role

API_PREFIX = "/api/"  # programs bring tokens; the API itself asks for them
_OPEN = frozenset({"static", "bootstrap.static", "login.login", "login.callback", "login.logout"})


def remember(operator: Operator) -> None:
    """Start a session; the cookie is signed and holds no secret."""
    session.clear()
    session["operator"] = {
        "subject": operator.subject,
        "name": operator.name,
        "email": operator.email,
        "role": operator.role.value,
    }


def current() -> Operator | None:
    """Who is logged in; a session of an earlier version that no longer fits is none."""
    saved = session.get("operator")
    try:
        return Operator(**{**saved, "role": Role(saved["role"])}) if saved else None
    except (KeyError, TypeError, ValueError):
        return None


def check() -> Response | None:
    """Before every request: strangers are led to the login, and back to where they wanted."""
    if request.endpoint in _OPEN or request.path.startswith(API_PREFIX):
        return None
    operator = current()
    if operator is None:
        wanted = request.full_path.rstrip("?") if request.method == "GET" else "/"
        return redirect(url_for("login.login", wanted=wanted))
    g.operator = operator
    return None


def require_acting() -> None:
    """403 for those who may only look."""
    if not g.operator.may_act:
        abort(
            403,
            "Your role is viewer: you may look at everything and change nothing. "
            "Ask whoever runs your identity provider for the role operator.",
        )
