"""The API: orders and actions by programs, with tokens of the real provider of the local stack."""

import json
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import requests
import schemathesis
from flask.testing import FlaskClient
from hypothesis import HealthCheck, Phase, given
from hypothesis import settings as settings_of_hypothesis
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks
from werkzeug.test import TestResponse

from onboarding import bootstrap
from onboarding.entrypoints import api_openapi
from onboarding.settings import OnboardingSettings
from tenantlink_contracts.credential_validator import DeviceAuthenticated
from tenantlink_contracts.invitation import InvitationIssued
from tenantlink_local import certificates
from tenantlink_local.certificates import Certificates
from tenantlink_local.entra import server
from tenantlink_runtime import keys
from tenantlink_runtime.clock import new_id
from tests.integration.onboarding.conftest import Office
from tests.support.events import an_event
from tests.support.onboarding_builders import an_order_document

AUDIENCE = "http://console.example/api"
OPENAPI = Path(__file__).parents[3] / "services" / "onboarding" / "openapi.yaml"
Changes = dict[str, Any]


class Program:
    """A program with its token, at the API of one database."""

    def __init__(self, client: FlaskClient, token: str) -> None:
        self.client = client
        self.token = token

    def send(self, method: str, path: str, body: Any = None, **headers: str) -> TestResponse:
        sent = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        own = {"Authorization": f"Bearer {self.token}", **named}
        kind = own.pop("Content-Type", "application/json") if sent is not None else None
        return self.client.open(
            f"/api/v1{path}", method=method, data=sent, headers=own, content_type=kind
        )

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.send("GET", path, **headers)

    def order(self, _headers: dict[str, str] | None = None, **changes: Any) -> TestResponse:
        return self.send("POST", "/services", an_order_document(**changes), **(_headers or {}))

    def act(self, service: TestResponse, action: str, body: Any = None) -> TestResponse:
        """Upon the service as an earlier answer showed it."""
        path = f"/services/{service.json['id']}/{action}" if service.json else ""
        return self.send("POST", path, body, If_Match=service.headers["ETag"])


def codes(answer: TestResponse) -> set[tuple[str, str]]:
    """Places and codes of a problem."""
    assert answer.status_code in (400, 422), answer.text
    assert answer.content_type == "application/problem+json"
    return {(each["field"], each["code"]) for each in (answer.json or {}).get("errors", [])}


@pytest.fixture(scope="module")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return certificates.make(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def issuer(tls: Certificates) -> Iterator[str]:
    with server.running(tls) as url:
        yield f"{url}/operators"


@pytest.fixture(scope="module")
def public_keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("keys")
    keys.generate(folder)
    return folder / "public.jwks.json"


Enter = Callable[..., Program]


@pytest.fixture
def enter(
    office: Office,
    settings: OnboardingSettings,
    issuer: str,
    tls: Certificates,
    public_keys: Path,
) -> Iterator[Enter]:
    """Makes programs: `enter("order-portal")`."""
    url = office.engine.url.render_as_string(hide_password=False)
    changed = {"database_url": url, "oidc_issuer": issuer, "tls_ca_file": tls.ca}
    limits = {"api_requests_per_minute": 1000, "public_keys_file": public_keys}
    values = {**settings.model_dump(), **changed, **limits}
    app, engine = bootstrap.build_web(OnboardingSettings.model_validate(values))

    def make(client_id: str = "order-portal", resource: str = AUDIENCE) -> Program:
        answer = requests.post(
            f"{issuer}/token",
            data={"grant_type": "client_credentials", "resource": resource},
            auth=(client_id, f"{client_id}-local-secret"),
            verify=str(tls.ca),
            timeout=20,
        )
        return Program(app.test_client(), answer.json()["access_token"])

    yield make
    engine.dispose()


def test_an_order_is_created_and_can_be_read(enter: Enter) -> None:
    portal = enter()
    made = portal.order()
    assert made.status_code == 201, made.text
    assert made.json is not None
    assert made.json["state"] == "requested"
    assert made.json["requested_by"] == "Order portal"
    read = portal.get(made.headers["Location"].removeprefix("/api/v1"))
    assert (read.status_code, read.json) == (200, made.json)
    assert read.headers["ETag"] == made.headers["ETag"]
    again = portal.get(f"/services/{made.json['id']}", If_None_Match=read.headers["ETag"])
    assert again.status_code == 304
    timeline = portal.get(f"/services/{made.json['id']}/timeline").json or {}
    assert [each["name"] for each in timeline["entries"]] == ["ServiceRequested"]


def test_every_broken_rule_is_told_at_its_place(enter: Enter) -> None:
    answer = enter().order(
        short_name="a.b",
        licensed_users="50",
        nonsense=1,
        expected_tenant="common",
        invitation={"email": "a@x.example, b@y.example"},
    )
    assert answer.status_code == 422
    assert codes(answer) == {
        ("short_name", "short_name_dot"),
        ("licensed_users", "wrong_type"),
        ("nonsense", "unknown_field"),
        ("expected_tenant", "expected_tenant_invalid"),
        ("invitation.email", "email_invalid"),
    }


HOSTILE: list[tuple[Changes, set[tuple[str, str]]]] = [
    ({"full_name": "a\r\nX: 1"}, {("full_name", "full_name_character")}),
    ({"full_name": "a\u202eb"}, {("full_name", "full_name_character")}),
    ({"reference": "\ud800"}, {("reference", "reference_character")}),
    (
        {"customer": {"external_id": "a\x00"}},
        {("customer.external_id", "external_id_character")},
    ),
    ({"expected_tenant": "evil.example/.."}, {("expected_tenant", "expected_tenant_invalid")}),
    ({"invitation": {"email": "a@[::1]"}}, {("invitation.email", "email_invalid")}),
    ({"customer": []}, {("customer", "wrong_type")}),
]


def test_hostile_and_odd_orders_are_refused_with_their_codes(enter: Enter) -> None:
    portal = enter()
    for changes, expected in HOSTILE:
        assert codes(portal.order(**changes)) == expected


NO_ORDERS: list[tuple[bytes, dict[str, str], int]] = [
    (b"{", {}, 400),
    (b"[]", {}, 400),
    (b"\xff", {}, 400),
    (b'{"a": 1, "a": 2}', {}, 400),
    (b'{"a": NaN}', {}, 400),
    (b"[" * 50_000, {}, 400),
    (b"{}", {"Content_Type": "text/plain"}, 415),
    (b'{"notes": "' + b"x" * 1_000_000 + b'"}', {}, 413),
    (b"{}", {"Idempotency_Key": ""}, 400),
]


def test_what_is_no_order_at_all_is_told_apart(enter: Enter) -> None:
    portal = enter()
    for body, headers, status in NO_ORDERS:
        answer = portal.send("POST", "/services", body, **headers)
        assert answer.status_code == status, body[:40]
        assert answer.content_type == "application/problem+json"


def test_the_same_key_and_content_get_the_first_answer_again(enter: Enter) -> None:
    portal, key = enter(), {"Idempotency_Key": "k-1"}
    first = portal.order(key, reference=None)
    again = portal.order(key, reference=None)
    assert (again.status_code, again.json) == (201, first.json)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = portal.order(key, reference=None, licensed_users=51)
    assert other.status_code == 422
    assert (other.json or {})["type"] == "urn:tenantlink:problem:idempotency_key_reused"


def test_a_refusal_under_a_key_is_kept_too(enter: Enter) -> None:
    portal, key = enter(), {"Idempotency_Key": "k-1"}
    first = portal.order(key, licensed_users=0)
    again = portal.order(key, licensed_users=0)
    assert (again.status_code, again.json) == (422, first.json)


def test_the_same_reference_is_the_same_order_and_with_other_content_refused(enter: Enter) -> None:
    portal = enter()
    first, again = portal.order(), portal.order()
    assert again.status_code == 201
    assert again.json == first.json
    assert codes(portal.order(licensed_users=51)) == {("reference", "reference_reused")}


def test_a_lost_first_answer_does_not_order_twice(enter: Enter, office: Office) -> None:
    portal, key = enter(), {"Idempotency_Key": "k-1"}
    first = portal.order(key, reference=None)
    with office.engine.begin() as connection:
        connection.exec_driver_sql("DELETE FROM idempotency_keys")
    again = portal.order(key, reference=None)
    assert (again.status_code, again.json) == (201, first.json)


def test_services_are_listed_page_by_page(enter: Enter) -> None:
    portal = enter()
    for name in ("one", "two", "three"):
        assert portal.order(reference=name, short_name=name).status_code == 201
    seen, query = [], "limit=2&sort=short_name"
    while query:
        page = portal.get(f"/services?{query}").json or {}
        seen += [each["short_name"] for each in page["services"]]
        query = page["next"]
    assert seen == ["one", "three", "two"]
    found = portal.get("/services?q=three&state=requested").json or {}
    assert [each["short_name"] for each in found["services"]] == ["three"]


WRONG_QUERIES = (
    "state=gone", "limit=0", "limit=201", "limit=\u0661", "sort=x", "after=x", "after=WzEsMl0=",
    "q=%00", "unknown=1", "waiting_for=x", "after=WyJ4IiwgIngiXQ==",
)  # fmt: skip


def test_a_wrong_parameter_is_told(enter: Enter) -> None:
    portal = enter()
    for query in WRONG_QUERIES:
        assert portal.get(f"/services?{query}").status_code == 400, query


def test_an_action_needs_the_tag_of_what_it_was_decided_upon(enter: Enter) -> None:
    portal = enter()
    made = portal.order()
    assert made.json is not None
    path = f"/services/{made.json['id']}/cancel"
    reason = {"reason": "ordered by mistake"}
    assert portal.send("POST", path, reason).status_code == 428
    done = portal.act(made, "cancel", reason)
    assert (done.status_code, (done.json or {})["state"]) == (200, "cancelled")
    assert portal.act(made, "cancel", reason).status_code == 412
    assert portal.act(done, "cancel", reason).status_code == 409


def test_actions_take_their_own_fields_alone(enter: Enter) -> None:
    portal = enter()
    made = portal.order()
    assert codes(portal.act(made, "cancel", {})) == {("reason", "reason_missing")}
    assert codes(portal.act(made, "resend", {"a": 1})) == {("a", "unknown_field")}
    assert codes(portal.act(made, "extend", {"days": 61})) == {("days", "days_invalid")}
    changed = portal.act(made, "change-address", {"email": "other@contoso.example"})
    assert (changed.json or {})["invitation"]["email"] == "other@contoso.example"
    assert portal.act(changed, "no-such-action").status_code == 404


def test_a_program_sees_an_order_through(enter: Enter, office: Office) -> None:
    portal = enter()
    made = portal.order()
    subject = UUID((made.json or {})["id"])
    office.receive(
        an_event(InvitationIssued, subject=subject), an_event(DeviceAuthenticated, subject=subject)
    )
    read = portal.get(f"/services/{subject}")
    assert (read.json or {})["registration"]["tenant"]["name"] == "Contoso"
    assert "add" in (read.json or {})["actions"]
    added = portal.act(read, "add")
    validating = portal.act(added, "validate")
    assert (validating.json or {})["state"] == "validating"


def test_a_viewer_changes_nothing_and_a_stranger_sees_nothing(enter: Enter) -> None:
    viewer = enter("report")
    assert viewer.order().status_code == 403
    assert viewer.get("/services").status_code == 200
    assert enter("without-role").get("/services").status_code == 403


def test_tokens_that_do_not_count_are_refused(enter: Enter) -> None:
    portal = enter()
    head, claims, signature = portal.token.split(".")
    for token in (
        "x",
        f"{head}.{claims}.{'A' * len(signature)}",
        enter(resource="https://elsewhere.example").token,
        enter(resource="console").token,
    ):
        answer = Program(portal.client, token).get("/services")
        assert answer.status_code == 401, token
        assert "invalid_token" in answer.headers["WWW-Authenticate"]
    assert portal.client.get("/api/v1/services").status_code == 401


def test_limits_are_told(enter: Enter) -> None:
    portal = enter()
    answer = portal.get("/services")
    assert answer.headers["RateLimit-Policy"] == '"default";q=1000;w=60'
    assert answer.headers["RateLimit"].startswith('"default";r=999;t=')


def test_unknown_things_answer_as_problems_and_pages_stay_pages(enter: Enter) -> None:
    portal = enter()
    for path, status in (("/nothing", 404), (f"/services/{new_id()}", 404), ("/services/x", 404)):
        answer = portal.get(path)
        assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert portal.send("DELETE", "/services").status_code == 405
    assert "text/html" in portal.client.get("/nothing").content_type


def test_the_published_document_is_the_one_that_is_served(enter: Enter) -> None:
    served = enter().client.get("/api/v1/openapi.json")
    assert served.status_code == 200
    assert OPENAPI.read_text() == api_openapi.rendered()
    assert served.json == json.loads(OPENAPI.read_text())


# These take the very same way as `resend` and `change-address`; each would cost seconds.
LIKE_OTHERS = ("withdraw", "approve-forwarding", "decline-forwarding", "create", "renew", "close")
DOCUMENTED = (
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_headers_conformance,
    openapi_checks.response_schema_conformance,
)


@pytest.mark.filterwarnings("ignore")  # what schemathesis itself imports and does
def test_generated_requests_find_no_fault_and_no_answer_that_is_not_documented(
    enter: Enter,
) -> None:
    """The same requests every time, good and bad ones."""
    portal = enter()
    made = portal.order().json or {}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", portal.client.application)
    answered: Counter[int] = Counter()
    for found in schema.get_all_operations():
        operation = found.ok()
        if operation.path.rpartition("}/")[2] in LIKE_OTHERS:
            continue
        modes = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
        cases = st.one_of([operation.as_strategy(generation_mode=mode) for mode in modes])

        @settings_of_hypothesis(
            max_examples=8,
            derandomize=True,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(case=cases, known=st.booleans())
        def holds(case: Any, known: bool) -> None:
            if known and "id" in case.path_parameters:
                case.path_parameters["id"] = made["id"]
            answer = case.call(headers={"Authorization": f"Bearer {portal.token}"})
            answered[answer.status_code] += 1
            case.validate_response(answer, checks=list(DOCUMENTED))

        holds()
    assert min(answered[200], answered[400], answered[422]) > 0, answered
