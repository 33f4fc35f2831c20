"""Logging in and out, through the identity provider."""

import re
from urllib.parse import urlsplit

from flask import Blueprint, redirect, render_template, request, session
from werkzeug.wrappers import Response

from onboarding.entrypoints import access
from onboarding.entrypoints.oidc import (
    IdentityProvider,
    NoRole,
    ProviderUnreachable,
    SignInFailed,
)

Page = Response | tuple[str, int] | str


def pages(provider: IdentityProvider, public_url: str) -> Blueprint:
    """The routes; `public_url` is what the provider sends browsers back to."""
    routes = Blueprint("login", __name__)
    callback_url = f"{public_url.rstrip('/')}/auth/callback"

    @routes.get("/login")
    def login() -> Page:
        session["wanted"] = local_path(request.args.get("wanted", "/"))
        try:
            return provider.redirect(callback_url, ask_who="other" in request.args)
        except SignInFailed as error:
            return _failed(error)

    @routes.get("/auth/callback")
    def callback() -> Page:
        wanted = local_path(session.get("wanted", "/"))
        try:
            operator = provider.operator()
        except SignInFailed as error:
            return _failed(error)
        except NoRole as error:
            session.clear()
            return render_template("login_no_role.html", who=str(error)), 403
        access.remember(operator)
        return redirect(wanted)

    @routes.post("/logout")
    def logout() -> Page:
        session.clear()
        return render_template("login_out.html")

    return routes


def local_path(wanted: str) -> str:
    """Only our own pages: a login must not lead anybody elsewhere.

    Browsers take a backslash for a slash, drop tabs and line breaks, and read a host after two
    slashes; so none of these may be at the beginning or anywhere.
    """
    parts = urlsplit(wanted)
    plain = re.fullmatch(r"/(?!/)[^\\\s\x00-\x1f\x7f]*", wanted) is not None
    return wanted if plain and not parts.scheme and not parts.netloc else "/"


def _failed(error: SignInFailed) -> tuple[str, int]:
    status = 502 if isinstance(error, ProviderUnreachable) else 400
    wanted = local_path(session.get("wanted", "/"))
    return render_template("login_failed.html", reason=str(error), wanted=wanted), status
