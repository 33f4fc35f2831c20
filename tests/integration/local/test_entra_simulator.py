"""Unchanged msal takes the simulator for Entra, and Graph's answers have Graph's shape."""

import html
import socket
import time
from email.utils import parsedate_to_datetime
from typing import Any

import jwt
import msal
import pytest
import requests

from tenantlink_local.certificates import Certificates
from tenantlink_local.entra.aadsts import KNOWN
from tenantlink_local.entra.directory import App, Directory

CONTOSO, FABRIKAM, LITWARE, WINGTIP = Directory.load().tenant
NOBODYS_TENANT = "3f2c1a10-0000-4000-8000-00000000dead"
GRAPH = "https://graph.microsoft.com/.default"


def an_app(name: str) -> App:
    return next(app for app in CONTOSO.app if app.name == name)


RIGHT = an_app("Tenantlink access")


def ask(
    entra: str, http: requests.Session, app: App, tenant: str = str(CONTOSO.id), secret: str = ""
) -> dict[str, Any]:
    """What msal returns; a fresh application each time, as the product does."""
    application = msal.ConfidentialClientApplication(
        str(app.client_id),
        client_credential=secret or app.secrets[0].value,
        authority=f"{entra}/{tenant}",
        instance_discovery=False,
        http_client=http,
    )
    answer: dict[str, Any] = application.acquire_token_for_client(scopes=[GRAPH])
    return answer


def read(
    entra: str, http: requests.Session, app: App, path: str
) -> tuple[int, dict[str, Any], requests.structures.CaseInsensitiveDict[str]]:
    token = ask(entra, http, app)["access_token"]
    answer = http.get(f"{entra}/v1.0/{path}", headers={"Authorization": f"Bearer {token}"})
    return answer.status_code, answer.json(), answer.headers


def test_msal_gets_a_token_with_its_own_http_client_and_our_ca_file(
    entra: str, tls: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"):
        monkeypatch.delenv(name, raising=False)  # they would override msal's `verify`
    application = msal.ConfidentialClientApplication(
        str(RIGHT.client_id),
        client_credential=RIGHT.secrets[0].value,
        authority=f"{entra}/{CONTOSO.id}",
        instance_discovery=False,
        verify=str(tls.ca),
    )
    answer = application.acquire_token_for_client(scopes=[GRAPH])
    application.http_client.close()
    assert answer["token_source"] == "identity_provider"


def test_a_token_names_tenant_application_and_permissions(
    entra: str, http: requests.Session
) -> None:
    token = ask(entra, http, RIGHT, tenant="contoso.example")["access_token"]
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims["tid"] == str(CONTOSO.id)
    assert claims["appid"] == str(RIGHT.client_id)
    assert claims["roles"] == ["Organization.Read.All", "Application.Read.All"]


@pytest.mark.parametrize(
    ("app", "secret", "code", "error"),
    [
        ("Tenantlink access", "a wrong secret", 7000215, "invalid_client"),
        ("Secret has ended", "", 7000222, "invalid_client"),
        ("Without a service principal", "", 7000229, "invalid_client"),
        ("Throttled", "", 90055, "temporarily_unavailable"),
    ],
)
def test_msal_returns_entras_error(
    entra: str, http: requests.Session, app: str, secret: str, code: int, error: str
) -> None:
    answer = ask(entra, http, an_app(app), secret=secret)
    assert (answer["error"], answer["error_codes"]) == (error, [code])
    assert answer["error_description"].startswith(f"AADSTS{code}: ")
    assert f"Correlation ID: {answer['correlation_id']} Timestamp: " in answer["error_description"]
    assert answer.keys() >= {"timestamp", "trace_id", "error_uri"}


@pytest.mark.parametrize("number", KNOWN)
def test_every_number_is_answered_with_its_status_and_error(
    entra: str, http: requests.Session, number: int
) -> None:
    app = next(each for each in LITWARE.app if each.error == number)
    form = {
        "grant_type": "client_credentials",
        "client_id": str(app.client_id),
        "client_secret": app.secrets[0].value,
        "scope": GRAPH,
    }
    answer = http.post(f"{entra}/{LITWARE.id}/oauth2/v2.0/token", data=form)
    status, error, _ = KNOWN[number]
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.json()["error_codes"] == [number]
    assert "{" not in answer.json()["error_description"]


def test_a_tenant_of_another_cloud_is_refused_at_discovery(
    entra: str, http: requests.Session
) -> None:
    answer = http.get(f"{entra}/{WINGTIP.id}/v2.0/.well-known/openid-configuration")
    assert (answer.status_code, answer.json()["error_codes"]) == (400, [90038])


def test_a_wait_is_told_in_seconds_or_as_a_date(entra: str, http: requests.Session) -> None:
    told = []
    for name in ("Throttled", "Throttled until a moment, then right"):
        app = an_app(name)
        form = {
            "grant_type": "client_credentials",
            "client_id": str(app.client_id),
            "client_secret": app.secrets[0].value,
            "scope": GRAPH,
        }
        answer = http.post(f"{entra}/{CONTOSO.id}/oauth2/v2.0/token", data=form)
        told.append(answer.headers["Retry-After"])
    assert told[0] == "2"
    assert parsedate_to_datetime(told[1]).year >= 2026


def test_half_an_answer_is_no_json(entra: str, http: requests.Session) -> None:
    with pytest.raises(ValueError, match="Expecting value"):
        ask(entra, http, an_app("Half an answer"))


def test_what_is_new_is_unknown_at_first_and_begins_anew_when_asked_to(
    entra: str, http: requests.Session
) -> None:
    app = an_app("Secret made just now")
    assert [ask(entra, http, app).get("error_codes") for _ in range(3)] == [
        [7000215], [7000215], None,
    ]  # fmt: skip
    page = http.post(f"{entra}/scenarios/begin-anew")
    assert page.status_code == 200
    assert ask(entra, http, app)["error_codes"] == [7000215]


def test_the_page_of_scenarios_shows_every_value_to_type(
    entra: str, http: requests.Session
) -> None:
    text = http.get(f"{entra}/scenarios").text
    for tenant in Directory.load().tenant:
        assert str(tenant.id) in text
        for app in tenant.app:
            assert str(app.client_id) in text
            assert all(html.escape(secret.value) in text for secret in app.secrets)


def test_an_application_of_another_tenant_is_not_found(entra: str, http: requests.Session) -> None:
    answer = ask(entra, http, RIGHT, tenant=str(FABRIKAM.id))
    assert (answer["error"], answer["error_codes"]) == ("unauthorized_client", [700016])
    assert "was not found in the directory 'Fabrikam'" in answer["error_description"]


@pytest.mark.parametrize(
    ("tenant", "code"), [(NOBODYS_TENANT, 90002), ("nobody.example", 90002), ("nonsense", 900023)]
)
def test_an_unknown_tenant_is_refused_at_discovery(
    entra: str, http: requests.Session, tenant: str, code: int
) -> None:
    with pytest.raises(ValueError, match="Unable to get authority configuration") as raised:
        ask(entra, http, RIGHT, tenant=tenant)
    assert f"AADSTS{code}" in str(raised.value.__context__)


def test_an_outage_is_what_msal_makes_of_503(entra: str, http: requests.Session) -> None:
    with pytest.raises(msal.exceptions.MsalServiceError):
        ask(entra, http, an_app("Unavailable"))


def test_throttling_for_one_request_ends_after_it(entra: str, http: requests.Session) -> None:
    app = an_app("Throttled once, then right")
    assert ask(entra, http, app)["error_codes"] == [90055]
    assert "access_token" in ask(entra, http, app)


@pytest.mark.parametrize(
    ("changed", "status", "code"),
    [
        ({"client_secret": "wrong"}, 401, 7000215),
        ({"client_id": NOBODYS_TENANT}, 400, 700016),
        ({"client_secret": ""}, 400, 900144),
        ({"grant_type": "password"}, 400, 70003),
        ({"scope": "User.Read"}, 400, 1002012),
    ],
)
def test_the_token_endpoint_answers_with_entras_status(
    entra: str, http: requests.Session, changed: dict[str, str], status: int, code: int
) -> None:
    form = {
        "grant_type": "client_credentials",
        "client_id": str(RIGHT.client_id),
        "client_secret": RIGHT.secrets[0].value,
        "scope": GRAPH,
    }
    answer = http.post(f"{entra}/{CONTOSO.id}/oauth2/v2.0/token", data=form | changed)
    assert (answer.status_code, answer.json()["error_codes"]) == (status, [code])


def test_graph_tells_the_organisation_and_only_what_is_selected(
    entra: str, http: requests.Session
) -> None:
    status, body, _ = read(entra, http, RIGHT, "organization?$select=id,displayName")
    assert (status, body["value"]) == (200, [{"id": str(CONTOSO.id), "displayName": "Contoso"}])


def test_graph_tells_hints_and_ends_of_secrets_but_no_secret(
    entra: str, http: requests.Session
) -> None:
    app = an_app("Two secrets with one hint")
    _, body, _ = read(entra, http, app, f"applications(appId='{app.client_id}')")
    told = body["passwordCredentials"]
    assert [each["hint"] for each in told] == ["Two", "Two"]
    assert all(each["secretText"] is None and each["endDateTime"].endswith("Z") for each in told)
    assert told[0]["endDateTime"] > told[1]["endDateTime"]


def test_graph_tells_the_consented_permissions(entra: str, http: requests.Session) -> None:
    path = f"servicePrincipals(appId='{RIGHT.client_id}')"
    assert read(entra, http, RIGHT, path)[1]["appId"] == str(RIGHT.client_id)
    _, body, _ = read(entra, http, RIGHT, f"{path}/appRoleAssignments")
    assert len(body["value"]) == 2


@pytest.mark.parametrize(
    ("app", "path", "status", "code"),
    [
        ("May not read the organisation", "organization", 403, "Authorization_RequestDenied"),
        (
            "May not read applications",
            f"applications(appId='{RIGHT.client_id}')",
            403,
            "Authorization_RequestDenied",
        ),
        (
            "Tenantlink access",
            f"applications(appId='{NOBODYS_TENANT}')",
            404,
            "Request_ResourceNotFound",
        ),
        ("Graph is throttled", "organization", 429, "TooManyRequests"),
        ("Graph is unavailable", "organization", 503, "ServiceUnavailable"),
        (
            "Registered in another tenant",
            f"applications(appId='{an_app('Registered in another tenant').client_id}')",
            404,
            "Request_ResourceNotFound",
        ),
    ],
)
def test_graph_refuses_in_its_own_words(
    entra: str, http: requests.Session, app: str, path: str, status: int, code: str
) -> None:
    seen, body, headers = read(entra, http, an_app(app), path)
    assert (seen, body["error"]["code"]) == (status, code)
    assert ("Retry-After" in headers) == (status in (429, 503))
    assert headers["request-id"]


def test_graph_refuses_who_brings_no_token_or_one_for_somebody_else(
    entra: str, http: requests.Session
) -> None:
    assert http.get(f"{entra}/v1.0/organization").status_code == 401
    wrong = {"Authorization": "Bearer made.up.token"}
    assert http.get(f"{entra}/v1.0/organization", headers=wrong).status_code == 401


def test_a_client_that_connects_and_says_nothing_blocks_nobody(
    entra: str, http: requests.Session
) -> None:
    port = int(entra.rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port)):
        assert http.get(f"{entra}/health", timeout=5).text == "ok"


def test_requests_on_one_connection_take_a_few_milliseconds(
    entra: str, http: requests.Session
) -> None:
    http.get(f"{entra}/health")
    began = time.perf_counter()
    for _ in range(50):
        http.get(f"{entra}/health")
    # With Nagle's delay each would take more than 40 ms, with Werkzeug's pause more than 10.
    assert (time.perf_counter() - began) / 50 < 0.010


def test_a_certificate_of_another_ca_is_refused(entra: str) -> None:
    with requests.Session() as session:
        session.trust_env = False
        with pytest.raises(requests.exceptions.SSLError):
            session.get(f"{entra}/health")
