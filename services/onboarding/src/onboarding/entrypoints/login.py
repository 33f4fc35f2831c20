"""Logging in and out, through the identity provider."""

from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from onboarding.entrypoints import access
from onboarding.entrypoints.oidc import IdentityProvider, NoRole, SignInFailed

Page = Response | tuple[str, int] | str


def pages(provider: IdentityProvider, public_url: str) -> Blueprint:
    """The routes; `public_url` is what the provider sends browsers back to."""
    routes = Blueprint("login", __name__)

    @routes.get("/login")
    def login() -> Page:
        session["wanted"] = local_path(request.args.get("wanted", "/"))
        try:
            return provider.redirect(f"{public_url}/auth/callback")
        except SignInFailed as error:
            return _failed(str(error), 502)

    @routes.get("/auth/callback")
    def callback() -> Page:
        wanted = session.get("wanted", "/")
        try:
            operator = provider.operator()
        except SignInFailed as error:
            return _failed(str(error), 400)
        except NoRole:
            return render_template("login_no_role.html"), 403
        access.remember(operator)
        return redirect(wanted)

    @routes.post("/logout")
    def logout() -> Page:
        session.clear()
        return render_template("login_out.html")

    return routes


def local_path(wanted: str) -> str:
    """Only our own pages: a login must not lead anybody elsewhere."""
    parts = urlsplit(wanted.replace("\\", "/"))
    local = not parts.scheme and not parts.netloc and parts.path.startswith("/")
    return wanted if local and not wanted.startswith("//") else "/"


def _failed(reason: str, status: int) -> tuple[str, int]:
    return render_template("login_failed.html", reason=reason), status
