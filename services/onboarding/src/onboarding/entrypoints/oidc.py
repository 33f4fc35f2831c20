"""The operators' identity provider, through Authlib: OpenID Connect code flow with PKCE."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import structlog
from authlib.integrations.base_client import OAuthError
from authlib.integrations.base_client.errors import MismatchingStateError
from authlib.integrations.flask_client import OAuth
from flask import Flask, session
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from onboarding.domain.operator import Operator, highest_role

TIMEOUT_SECONDS = 10
_NAME = "operators"
_ATTEMPTS = 3  # each open sign-in takes some 500 bytes of a cookie of 4 KiB
_UNTRUSTED = (OAuthError, JoseError, ValueError, RuntimeError, KeyError, TypeError)
_log = structlog.get_logger(__name__)


class SignInFailed(Exception):
    """The provider refused, or answered what we cannot trust. The text says what to do."""


class ProviderUnreachable(SignInFailed):
    """The provider does not answer, or not as a provider would."""


class NoRole(Exception):
    """Somebody has signed in whom nobody has given a role here; the text is who it is."""


class IdentityProvider:
    """One provider, found through its discovery document at the first login."""

    def __init__(
        self, app: Flask, issuer: str, client_id: str, client_secret: str, ca_file: Path | None
    ) -> None:
        logging.getLogger("authlib").setLevel(logging.INFO)  # at DEBUG it writes PKCE verifiers
        self._issuer = issuer.rstrip("/")
        self._client: Any = OAuth(app).register(
            _NAME,
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{self._issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "verify": str(ca_file) if ca_file else True,
                "trust_env": False,
                "default_timeout": TIMEOUT_SECONDS,
            },
        )

    def redirect(self, callback_url: str, ask_who: bool) -> Response:
        """To the provider's sign-in page; state, nonce and verifier stay in the session.

        With `ask_who` the provider asks even somebody whom it still remembers.
        """
        _forget_old_attempts()
        prompt = {"prompt": "select_account"} if ask_who else {}
        with _explained():
            self._check_issuer()
            answer: Response = self._client.authorize_redirect(callback_url, **prompt)
        return answer

    def operator(self) -> Operator:
        """Who has come back from the provider; its signature, nonce and audience are verified."""
        with _explained():
            self._check_issuer()
            claims = self._client.authorize_access_token()["userinfo"]
            subject, email = str(claims["sub"]), str(claims.get("email") or "")
            name = str(claims.get("name") or email or subject)
        role = highest_role(claims.get("roles"))
        if role is None:
            raise NoRole(email or name)
        return Operator(subject, name, email, role)

    def _check_issuer(self) -> None:
        """A document that names another issuer is not ours (OpenID Connect Discovery, 4.3)."""
        metadata = self._client.load_server_metadata()
        if str(metadata.get("issuer")).rstrip("/") != self._issuer:
            metadata.pop("_loaded_at", None)  # so that it is read again when it has been mended
            _log.error("issuer_differs", configured=self._issuer, found=metadata.get("issuer"))
            raise ProviderUnreachable(
                "The identity provider calls itself by another name than this console's settings."
            )


@contextmanager
def _explained() -> Iterator[None]:
    """What Authlib raises, in words for the person who waits; the cause goes to the log."""
    try:
        yield
    except RequestException as error:
        _log.error("identity_provider_unreachable", error=type(error).__name__)
        raise ProviderUnreachable(
            "The identity provider cannot be reached. Try again in a minute."
        ) from error
    except MismatchingStateError as error:
        raise SignInFailed(
            "This sign-in was begun in another browser, or too long ago. Begin it anew."
        ) from error
    except _UNTRUSTED as error:
        code = getattr(error, "error", None)
        _log.warning("sign_in_refused", error=type(error).__name__, code=code)
        raise SignInFailed(_refusal(code)) from error


def _refusal(code: object) -> str:
    if code == "access_denied":
        return "The sign-in was cancelled, or the identity provider does not let you in here."
    return "The identity provider did not confirm the sign-in."


def _forget_old_attempts() -> None:
    """Many tabs opened at once must not outgrow the cookie: a browser would drop it whole."""
    attempts = [key for key in session if key.startswith(f"_state_{_NAME}_")]
    attempts.sort(key=lambda key: float(session[key].get("exp") or 0))
    for key in attempts[: max(0, len(attempts) - _ATTEMPTS + 1)]:
        session.pop(key)
