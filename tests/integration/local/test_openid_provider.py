"""The operators' identity provider holds to the code flow with PKCE, strictly."""

import base64
import hashlib
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import jwt
import pytest
import requests

from tenantlink_local.browser import Browser
from tenantlink_local.certificates import Certificates
from tenantlink_local.entra.server import ANY_CLIENT

VERIFIER = "a-verifier-of-at-least-forty-three-characters-0123"
ASKED = {
    "client_id": ANY_CLIENT.client_id,
    "redirect_uri": ANY_CLIENT.redirect_uri,
    "response_type": "code",
    "scope": "openid profile",
    "state": "the state",
    "nonce": "the nonce",
    "code_challenge_method": "S256",
    "code_challenge": base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest())
    .rstrip(b"=")
    .decode(),
}


def sign_in(entra: str, http: requests.Session, subject: str = "operator") -> dict[str, str]:
    """What comes back to the console after somebody has clicked on a button."""
    answer = http.post(
        f"{entra}/operators/authorize", data={**ASKED, "subject": subject}, allow_redirects=False
    )
    assert answer.status_code == 303
    target = urlsplit(answer.headers["Location"])
    assert f"{target.scheme}://{target.netloc}{target.path}" == ANY_CLIENT.redirect_uri
    return {name: values[0] for name, values in parse_qs(target.query).items()}


def redeem(entra: str, http: requests.Session, code: str, **changed: str) -> requests.Response:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": ANY_CLIENT.redirect_uri,
        "client_id": ANY_CLIENT.client_id,
        "client_secret": ANY_CLIENT.secret,
        "code_verifier": VERIFIER,
    }
    return http.post(f"{entra}/operators/token", data=form | changed)


def claims_of(entra: str, http: requests.Session, token: str) -> dict[str, Any]:
    """Verified with the published keys, as the console does."""
    configuration = http.get(f"{entra}/operators/.well-known/openid-configuration").json()
    keys = jwt.PyJWKSet.from_dict(http.get(configuration["jwks_uri"]).json())
    return dict(
        jwt.decode(
            token,
            keys.keys[0],
            algorithms=["RS256"],
            audience=ANY_CLIENT.client_id,
            issuer=f"{entra}/operators",
        )
    )


def test_the_page_offers_a_button_for_each_operator(entra: str, tls: Certificates) -> None:
    with Browser(str(tls.ca)) as person:
        person.open(f"{entra}/operators/authorize?{urlencode(ASKED)}")
        assert person.heading == "Sign in as"
        assert [each.get_text() for each in person.page.find_all("button")][:3] == [
            "Operator",
            "Administrator",
            "Viewer",
        ]


@pytest.mark.parametrize("subject", ["operator", "administrator", "viewer"])
def test_a_code_brings_a_signed_token_with_role_and_nonce(
    entra: str, http: requests.Session, subject: str
) -> None:
    back = sign_in(entra, http, subject)
    assert back["state"] == "the state"
    claims = claims_of(entra, http, redeem(entra, http, back["code"]).json()["id_token"])
    assert (claims["sub"], claims["roles"], claims["nonce"]) == (subject, [subject], "the nonce")


def test_a_code_works_once(entra: str, http: requests.Session) -> None:
    code = sign_in(entra, http)["code"]
    assert redeem(entra, http, code).status_code == 200
    assert redeem(entra, http, code).json() == {"error": "invalid_grant"}


@pytest.mark.parametrize(
    ("changed", "status", "error"),
    [
        ({"code_verifier": "another verifier"}, 400, "invalid_grant"),
        ({"code_verifier": ""}, 400, "invalid_grant"),
        ({"redirect_uri": "http://127.0.0.1/elsewhere"}, 400, "invalid_grant"),
        ({"grant_type": "password"}, 400, "invalid_grant"),
        ({"client_secret": "wrong"}, 401, "invalid_client"),
        ({"client_id": "somebody"}, 401, "invalid_client"),
    ],
)
def test_a_code_is_worth_nothing_without_all_that_belongs_to_it(
    entra: str, http: requests.Session, changed: dict[str, str], status: int, error: str
) -> None:
    answer = redeem(entra, http, sign_in(entra, http)["code"], **changed)
    assert (answer.status_code, answer.json()) == (status, {"error": error})


@pytest.mark.parametrize(
    "changed",
    [
        {"client_id": "somebody"},
        {"redirect_uri": "http://127.0.0.1/elsewhere"},
        {"code_challenge": ""},
        {"code_challenge_method": "plain"},
        {"state": ""},
        {"nonce": ""},
        {"response_type": "token"},
        {"scope": "profile"},
    ],
)
def test_a_request_that_is_not_the_whole_code_flow_is_refused(
    entra: str, http: requests.Session, changed: dict[str, str]
) -> None:
    answer = http.get(f"{entra}/operators/authorize", params=ASKED | changed)
    assert answer.status_code == 400


def test_nobody_can_sign_in_whom_the_provider_does_not_know(
    entra: str, http: requests.Session
) -> None:
    answer = http.post(
        f"{entra}/operators/authorize",
        data={**ASKED, "subject": "nobody"},
        allow_redirects=False,
    )
    assert (answer.status_code, "Sign in as" in answer.text) == (200, True)


def test_userinfo_wants_an_access_token(entra: str, http: requests.Session) -> None:
    tokens = redeem(entra, http, sign_in(entra, http)["code"]).json()
    url = f"{entra}/operators/userinfo"
    told = http.get(url, headers={"Authorization": f"Bearer {tokens['access_token']}"})
    assert told.json()["roles"] == ["operator"]
    assert http.get(url).status_code == 401
    wrong = {"Authorization": f"Bearer {tokens['id_token']}"}
    assert http.get(url, headers=wrong).status_code == 401
