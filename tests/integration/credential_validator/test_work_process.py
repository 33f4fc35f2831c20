"""The real process, with a real broker and database: facts come of submissions, and no secret
stands in clear anywhere."""

import json
from collections.abc import Iterator
from uuid import UUID

import pytest

from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.onboarding import (
    OnboardingCancelled,
    ServiceCreated,
    TenantValidationRequested,
)
from tenantlink_local.entra.directory import App, Directory
from tests.integration.credential_validator.validator import Validator
from tests.support.events import an_event
from tests.support.tcp_proxy import TcpProxy
from tests.support.waiting import eventually

NOBODY = UUID("3f2c1a10-0000-4000-8000-00000000dead")
WRONG_SECRET = "Ap6~a-wrong-secret-0123456789abcdef0123"


@pytest.fixture
def proxy(entra: str) -> Iterator[TcpProxy]:
    """The way to Microsoft, which a test can cut."""
    way = TcpProxy(int(entra.rpartition(":")[2]))
    yield way
    way.close()


@pytest.fixture
def app(directory: Directory) -> App:
    """Contoso's right registration."""
    return directory.tenant[0].app[0]


@pytest.fixture
def contoso(directory: Directory) -> str:
    return str(directory.tenant[0].id)


def behind(proxy: TcpProxy, entra: str) -> dict[str, str]:
    """Settings that lead to Entra's discovery by way of the proxy."""
    url = f"https://127.0.0.1:{proxy.port}"
    return {"AUTHORITY": url, "AUTHORITIES": json.dumps([url, entra])}


def stands_in_clear(validator: Validator, secret: str) -> list[str]:
    """Where a secret can be read."""
    seen = {"database": validator.everything(), "log": validator.log}
    return [name for name, text in seen.items() if secret in text]


def test_a_submission_is_authenticated_validated_and_forgotten_without_standing_in_clear(
    validator: Validator, app: App, contoso: str
) -> None:
    secret = app.secrets[0].value
    with validator.running():
        submission = validator.submit(app, contoso)
        proven = validator.hear()
        assert isinstance(proven, DeviceAuthenticated)
        assert (proven.submission_id, proven.revision) == (submission, 1)
        assert proven.verdict.tenant.name == "Contoso"
        assert str(proven.credential_id) in validator.everything()

        validator.publish(an_event(TenantValidationRequested, run=1, why="manual"))
        validated = validator.hear()
        assert isinstance(validated, TenantValidated)
        assert (validated.run, validated.revision, validated.why) == (1, 1, "manual")

        app.secrets.clear()
        validator.publish(an_event(TenantValidationRequested, run=2, why="nightly"))
        revoked = validator.hear()
        assert isinstance(revoked, TenantValidationFailed)
        assert (revoked.run, revoked.problem.code) == (2, "secret_wrong")
        assert stands_in_clear(validator, secret) == []

        validator.publish(an_event(OnboardingCancelled))
        eventually(lambda: str(proven.credential_id) not in validator.everything())
        assert stands_in_clear(validator, secret) == []
    assert "started" in validator.log


def test_each_wrong_value_is_told_with_its_problem_and_no_secret_is_kept(
    validator: Validator, app: App, contoso: str
) -> None:
    with validator.running():
        wrong = {
            validator.submit(app, contoso, secret=WRONG_SECRET): "secret_wrong",
            validator.submit(app, contoso, client_id=NOBODY): "app_not_found",
            validator.submit(app, str(NOBODY)): "tenant_not_found",
            validator.submit(app, contoso, secret=str(NOBODY)): "secret_id_pasted",
        }
        told = [validator.hear() for _ in wrong]
        assert all(isinstance(each, DeviceAuthenticationFailed) for each in told)
        assert {each.submission_id: each.problem.code for each in told} == wrong
        assert sorted(each.revision for each in told) == [1, 2, 3, 4]
        assert validator.jobs() == 0
        for secret in (WRONG_SECRET, app.secrets[0].value):
            assert stands_in_clear(validator, secret) == []
        assert "locked" not in validator.everything()


def test_while_microsoft_is_away_a_submission_waits_sealed_and_is_proven_when_it_is_back(
    validator: Validator, app: App, contoso: str, proxy: TcpProxy, entra: str
) -> None:
    proxy.go_away()
    with validator.running(**behind(proxy, entra)) as process:
        submission = validator.submit(app, contoso)
        eventually(lambda: validator.attempts() >= 1, seconds=60, what="a first try")
        assert process.poll() is None
        waiting = validator.hear()
        assert isinstance(waiting, AuthenticationProgressed)
        assert (waiting.submission_id, waiting.step) == (submission, 1)
        assert waiting.waiting_for is not None
        assert waiting.waiting_for.code == "microsoft_unreachable"
        assert waiting.next_try is not None
        assert stands_in_clear(validator, app.secrets[0].value) == []
        proxy.come_back()
        proven = validator.hear_answer()
        assert isinstance(proven, DeviceAuthenticated)
        assert proven.submission_id == submission
    assert "microsoft_not_reached" in validator.log


@pytest.mark.parametrize("end", [OnboardingCancelled, ServiceCreated])
def test_an_order_that_ends_while_microsoft_is_away_leaves_not_even_a_sealed_secret(
    validator: Validator,
    app: App,
    contoso: str,
    proxy: TcpProxy,
    entra: str,
    end: type[OnboardingCancelled] | type[ServiceCreated],
) -> None:
    proxy.go_away()
    with validator.running(**behind(proxy, entra)):
        validator.submit(app, contoso)
        eventually(lambda: validator.attempts() >= 1, seconds=60, what="a first try")
        assert "sealed" in validator.everything()
        validator.publish(an_event(end, **({"revision": 2} if end is ServiceCreated else {})))
        eventually(lambda: validator.jobs() == 0, seconds=60, what="an empty table of jobs")
        assert "sealed" not in validator.everything()
        assert validator.answers() == []


def test_an_authority_that_is_not_allowed_keeps_the_process_from_starting_and_says_so(
    validator: Validator,
) -> None:
    with validator.running(AUTHORITY="https://login.example") as process:
        assert process.wait(timeout=90) == 2
    assert "CREDENTIAL_VALIDATOR_AUTHORITY: " in validator.log
    assert "https://login.example is none of AUTHORITIES" in validator.log
    assert "Traceback" not in validator.log
