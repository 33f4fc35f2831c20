"""The demo's portal speaks to the API as its document says, and tells what it was refused for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from flask import Flask, Response, jsonify, make_response, request

from tenantlink_local.demo import DidNotComeTrue
from tenantlink_local.programs import Crm, OrderPortal

SERVICES = [
    {"id": "1", "short_name": "fabrikam-portal-00ff", "state": "invited"},
    {"id": "2", "short_name": "fabrikam-portal", "state": "active"},
]


@dataclass
class Api:
    """What was asked of it, and what it answers."""

    seen: list[tuple[str, str, str]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)

    def app(self) -> Flask:
        app = Flask(__name__)

        @app.post("/operators/token")
        def token() -> Response:
            given = request.authorization
            name = given.username if given else ""
            return jsonify(access_token=f"{name} for {request.form['resource']}")

        @app.before_request
        def remember() -> None:
            names = ("Authorization", "If-Match")
            told = ", ".join(request.headers.get(name, "-") for name in names)
            self.seen.append((request.method, request.path, told))

        @app.get("/api/v1/services")
        def services() -> Response:
            return jsonify(services=SERVICES, next=None)

        @app.get("/api/v1/services/2")
        def service() -> Response:
            state = self.states.pop(0) if self.states else "active"
            answer = make_response(jsonify(id="2", state=state, state_words="in words"))
            answer.headers["ETag"] = '"as-seen"'
            return answer

        @app.post("/api/v1/services/2/add")
        def add() -> Response:
            return jsonify(id="2")

        return app


@pytest.fixture
def api() -> Api:
    return Api()


@pytest.fixture
def portal(api: Api, serve: Callable[[Flask], str]) -> Iterator[OrderPortal]:
    url = serve(api.app())
    with OrderPortal(url, f"{url}/operators", "") as program:
        yield program


def test_it_acts_with_its_token_upon_the_service_as_it_was_seen(
    api: Api, portal: OrderPortal
) -> None:
    portal.log_in()
    portal.act("2", "add")
    method, path, told = api.seen[-1]
    assert (method, path) == ("POST", "/api/v1/services/2/add")
    assert told == f'Bearer order-portal for {portal.console}/api, "as-seen"'


def test_it_finds_a_service_by_its_whole_short_name(portal: OrderPortal) -> None:
    assert portal.service_named("fabrikam-portal")["id"] == "2"
    with pytest.raises(DidNotComeTrue, match=r"knows no service fabrikam$"):
        portal.service_named("fabrikam")


def test_it_asks_again_until_the_service_is_as_awaited(api: Api, portal: OrderPortal) -> None:
    api.states = ["validating", "validated"]
    seen = portal.wait_for("2", "validated", lambda each: each["state"] == "validated")
    assert seen["state"] == "validated"
    assert len(api.seen) == 2


def test_what_never_comes_true_is_told_with_the_state(
    portal: OrderPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tenantlink_local.programs.PATIENCE_SECONDS", 0.0)
    with pytest.raises(DidNotComeTrue, match=r"closed did not come true; .* active: in words"):
        portal.wait_for("2", "closed", lambda each: each["state"] == "closed")


def test_a_refusal_is_told_with_its_number(portal: OrderPortal) -> None:
    with pytest.raises(DidNotComeTrue, match="GET /services/9: 404"):
        portal.service("9")


def test_the_answer_about_an_order_is_told_apart_from_those_about_others() -> None:
    crm = Crm("amqp://nobody")
    crm._heard = [
        ("ServiceRequested", {"reference": "other"}),
        ("ServiceRequested", {"reference": "mine", "short_name": "a"}),
    ]
    assert crm.answer("ServiceRequested", "mine")["short_name"] == "a"
    assert crm._heard == [("ServiceRequested", {"reference": "other"})]


def test_a_refused_order_is_told_with_its_reasons() -> None:
    crm = Crm("amqp://nobody")
    crm._heard = [("ServiceRejected", {"reference": "mine", "reasons": ["short_name_taken"]})]
    with pytest.raises(DidNotComeTrue, match=r"refused: .*short_name_taken"):
        crm.answer("ServiceRequested", "mine")


def test_a_broker_that_knows_the_system_by_another_user_is_told_at_once() -> None:
    Crm("amqp://crm:word@127.0.0.1:5672//").check_user()
    with pytest.raises(DidNotComeTrue, match=r"as crm, not as guest.* TENANTLINK_MANAGEMENT_URL"):
        Crm("amqp://guest:guest@127.0.0.1:5672//").check_user()
