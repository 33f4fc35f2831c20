"""The operators' identity provider, through Authlib: OpenID Connect code flow with PKCE."""

from pathlib import Path
from typing import Any

from authlib.integrations.base_client import OAuthError
from authlib.integrations.flask_client import OAuth
from flask import Flask
from joserfc.errors import JoseError
from requests import RequestException
from werkzeug.wrappers import Response

from onboarding.domain.operator import Operator, highest_role

TIMEOUT_SECONDS = 10


class SignInFailed(Exception):
    """The provider refused, cannot be reached, or answered what we cannot trust."""


class NoRole(Exception):
    """Somebody has signed in whom nobody has given a role here."""


class IdentityProvider:
    """One provider, found through its discovery document at the first login."""

    def __init__(
        self, app: Flask, issuer: str, client_id: str, client_secret: str, ca_file: Path | None
    ) -> None:
        self._client: Any = OAuth(app).register(
            "operators",
            client_id=client_id,
            client_secret=client_secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "verify": str(ca_file) if ca_file else True,
                "trust_env": False,
                "default_timeout": TIMEOUT_SECONDS,
            },
        )

    def redirect(self, callback_url: str) -> Response:
        """To the provider's sign-in page; state, nonce and verifier stay in the session."""
        try:
            answer: Response = self._client.authorize_redirect(callback_url)
        except (RequestException, ValueError) as error:
            raise SignInFailed("The identity provider cannot be reached.") from error
        return answer

    def operator(self) -> Operator:
        """Who has come back from the provider; its signature, nonce and audience are verified."""
        try:
            token = self._client.authorize_access_token()
        except (OAuthError, JoseError, RequestException, ValueError) as error:
            raise SignInFailed("The identity provider did not confirm the sign-in.") from error
        claims = token["userinfo"]
        role = highest_role(list(claims.get("roles", ())))
        if role is None:
            raise NoRole
        return Operator(claims["sub"], claims.get("name", ""), claims.get("email", ""), role)
