"""What proxies, outages and rare tenants answer in Microsoft's place never is a crash, and never
told as the customer's mistake."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import requests

from credential_validator.adapters.http import MicrosoftSession
from credential_validator.app.ports import Refused
from credential_validator.app.prove import Prover
from credential_validator.bootstrap import build_prover
from credential_validator.domain.checks import Checks
from tenantlink_contracts.values import ExpirySource, Verdict
from tenantlink_local.certificates import Certificates
from tests.integration.credential_validator.conftest import Settings
from tests.integration.credential_validator.odd_microsoft import HTML, OddMicrosoft
from tests.support.credential_validator_builders import a_registration
from tests.support.events import NOW
from tests.support.ports import free_port

DISCOVERY, TOKEN = "openid-configuration", "/token"
APPLICATION = "/applications("


@pytest.fixture
def prover(settings: Settings, odd: OddMicrosoft) -> Prover:
    """Pointed at the odd server."""
    return build_prover(settings(odd.url))


def proved(prover: Prover) -> Verdict:
    verdict = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(verdict, Verdict), verdict
    return verdict


def test_an_odd_server_that_answers_as_usual_is_accepted(prover: Prover) -> None:
    assert proved(prover).tenant.name == "Contoso"


@pytest.mark.parametrize("part", [DISCOVERY, TOKEN, "organization", APPLICATION, "appRole"])
@pytest.mark.parametrize(
    ("status", "body", "code"),
    [
        (200, HTML, "microsoft_unreachable"),
        (302, HTML, "microsoft_unreachable"),
        (407, HTML, "microsoft_unreachable"),
        (429, HTML, "microsoft_busy"),
        (500, HTML, "microsoft_busy"),
        (503, {"error": "server_error", "error_codes": [4711]}, "microsoft_busy"),
    ],
)
def test_an_answer_that_is_not_microsofts_is_a_problem_that_passes(
    prover: Prover, odd: OddMicrosoft, part: str, status: int, body: Any, code: str
) -> None:
    odd.answer(part, status, body, Location=f"{odd.url}/elsewhere", Retry_After="7")
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert (answer.problem.code, answer.problem.passing) == (code, True)
    assert answer.retry_after == (7.0 if code == "microsoft_busy" else None)
    assert "/elsewhere" not in odd.seen


@pytest.mark.parametrize(
    ("part", "status", "is_outage"),
    [
        (TOKEN, 503, True),
        (TOKEN, 407, True),
        (TOKEN, 429, False),
        ("organization", 503, True),
        ("organization", 200, True),
        ("organization", 429, False),
        ("organization", 401, False),
    ],
)
def test_only_what_hits_everybody_is_an_outage(
    prover: Prover, odd: OddMicrosoft, part: str, status: int, is_outage: bool
) -> None:
    odd.answer(part, status)
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert (answer.problem.passing, answer.is_outage) == (True, is_outage)


@pytest.mark.parametrize("body", [{}, [], {"token_endpoint": "https://127.0.0.1"}])
def test_a_discovery_without_what_it_should_tell_is_a_problem_that_passes(
    prover: Prover, odd: OddMicrosoft, body: Any
) -> None:
    odd.answer(DISCOVERY, 200, body)
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert answer.problem.code == "microsoft_unreachable"


def test_a_page_that_echoes_what_was_sent_brings_no_secret_into_the_log(
    prover: Prover, odd: OddMicrosoft, caplog: pytest.LogCaptureFixture
) -> None:
    odd.answer(TOKEN, 200, f"<html>You sent client_secret={a_registration().secret}</html>")
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert a_registration().secret not in caplog.text + repr(answer)


def test_after_a_question_without_an_answer_no_earlier_one_is_taken_for_it(
    tls: Certificates, odd: OddMicrosoft
) -> None:
    with MicrosoftSession(tls.ca, None) as session:
        session.get(odd.url)
        assert session.last is not None
        with pytest.raises(requests.ConnectionError):
            session.get(f"https://127.0.0.1:{free_port()}")
        assert session.last is None


def test_an_unknown_number_is_told_as_unknown_with_the_field_that_is_likely(
    prover: Prover, odd: OddMicrosoft
) -> None:
    odd.answer(TOKEN, 401, {"error": "invalid_client", "error_description": "AADSTS7999999: new."})
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert (answer.problem.code, answer.problem.field) == ("refused", "secret")
    assert answer.problem.support.aadsts == 7999999
    assert answer.problem.link is not None
    assert answer.problem.link.endswith("/error?code=7999999")


@pytest.mark.parametrize(("in_seconds", "is_told"), [(3000, True), (-3000, False)])
def test_a_wait_until_a_date_is_as_good_as_seconds(
    prover: Prover, odd: OddMicrosoft, in_seconds: int, is_told: bool
) -> None:
    until = format_datetime(datetime.now(UTC) + timedelta(seconds=in_seconds), usegmt=True)
    odd.answer(TOKEN, 429, HTML, Retry_After=until)
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert answer.problem.code == "microsoft_busy"
    assert (2000 < (answer.retry_after or 0) <= 3001) == is_told


@pytest.mark.parametrize("retry_after", ["soon", "-1", "²"])
def test_a_wait_that_is_neither_seconds_nor_a_date_is_ignored(
    prover: Prover, odd: OddMicrosoft, retry_after: str
) -> None:
    odd.answer(TOKEN, 429, HTML, Retry_After=retry_after)
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert (answer.problem.code, answer.retry_after) == ("microsoft_busy", None)


@pytest.mark.parametrize("body", [{"value": []}, {}, {"value": [{"id": "no id"}]}, {"value": None}])
def test_an_organisation_that_graph_does_not_name_is_a_problem_that_passes(
    prover: Prover, odd: OddMicrosoft, body: Any
) -> None:
    odd.answer("organization", 200, body)
    answer = prover.prove(a_registration(), NOW, Checks())
    assert isinstance(answer, Refused)
    assert answer.problem.code == "microsoft_unreachable"


def test_an_application_that_was_registered_in_another_tenant_is_accepted_with_an_unknown_end(
    prover: Prover, odd: OddMicrosoft
) -> None:
    odd.answer(APPLICATION, 404, {"error": {"code": "Request_ResourceNotFound"}})
    secret = proved(prover).secret
    assert secret.expiry_source is ExpirySource.UNKNOWN
    assert secret.needs_permission is None  # no permission in this tenant would tell it


def test_dates_are_read_as_graph_writes_them(prover: Prover, odd: OddMicrosoft) -> None:
    rows = [
        {"hint": "abc", "startDateTime": None, "endDateTime": "2026-09-09T19:50:29.3086381Z"},
        {"hint": "abc", "startDateTime": "2020-01-01T00:00:00Z", "endDateTime": None},
    ]
    odd.answer(APPLICATION, 200, {"displayName": None, "passwordCredentials": rows})
    verdict = proved(prover)
    assert verdict.secret.expires_at == datetime(2026, 9, 9, 19, 50, 29, 308638, tzinfo=UTC)
    assert verdict.secret.expiry_source is ExpirySource.GRAPH
    assert verdict.application.name == ""
