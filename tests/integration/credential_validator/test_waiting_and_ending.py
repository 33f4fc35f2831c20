"""The real process tells what it waits for, forgets what it must, and warns of what ends."""

from typing import Any

import pytest
import requests

from tenantlink_contracts.credential_validator import (
    AuthenticationProgressed,
    ClientSecretExpiring,
    DeviceAuthenticated,
    TenantValidated,
    TenantValidationFailed,
)
from tenantlink_contracts.invitation import CredentialsWithdrawn
from tenantlink_contracts.onboarding import (
    ServiceClosed,
    ServiceCreated,
    TenantValidationRequested,
)
from tenantlink_local.entra.directory import App, Directory
from tests.integration.credential_validator.validator import Validator
from tests.support.events import an_event
from tests.support.waiting import eventually


@pytest.fixture
def contoso(directory: Directory) -> str:
    return str(directory.tenant[0].id)


def an_app(directory: Directory, name: str) -> App:
    return next(app for app in directory.tenant[0].app if app.name == name)


def heard_until_answer(validator: Validator) -> tuple[list[AuthenticationProgressed], Any]:
    """The news of progress, and the answer that ends it."""
    news = []
    while isinstance(heard := validator.hear(), AuthenticationProgressed):
        news.append(heard)
    return news, heard


def metrics_of(validator: Validator) -> dict[str, float]:
    """What the process exports, by name and labels."""
    port = validator.environment["INTERNAL_PORT"]
    text = requests.get(f"http://127.0.0.1:{port}/metrics", timeout=10).text
    lines = (line.rpartition(" ") for line in text.splitlines() if not line.startswith("#"))
    return {name: float(value) for name, _, value in lines}


def test_checks_that_take_long_are_told_while_they_run_and_counted(
    validator: Validator, directory: Directory, contoso: str
) -> None:
    with validator.running():
        submission = validator.submit(an_app(directory, "Slow"), contoso)
        news, answer = heard_until_answer(validator)
        assert isinstance(answer, DeviceAuthenticated)
        validator.publish(an_event(TenantValidationRequested))
        news_of_run, validated = heard_until_answer(validator)
        assert isinstance(validated, TenantValidated)
        counted = metrics_of(validator)
    assert [each.step for each in news] == list(range(1, len(news) + 1))
    assert {each.submission_id for each in news} == {submission}
    running = [check.name for each in news for check in each.checks if check.state == "running"]
    assert "tenant" in running
    assert len(set(running)) == len(running)
    assert {each.run for each in news_of_run} == {1}
    assert counted['tenantlink_credential_validations_total{outcome="accepted"}'] == 2
    assert counted['tenantlink_microsoft_breaker_open{host="entra"}'] == 0


def test_a_secret_that_is_new_is_waited_for_and_then_accepted(
    validator: Validator, directory: Directory, contoso: str
) -> None:
    app = an_app(directory, "Secret made just now").model_copy(update={"times": 1})
    directory.tenant[0].app[:] = [app]
    with validator.running():
        validator.submit(app, contoso)
        news, answer = heard_until_answer(validator)
    assert isinstance(answer, DeviceAuthenticated)
    waits = [each for each in news if each.waiting_for is not None]
    (wait,) = waits
    assert wait.waiting_for is not None
    assert (wait.waiting_for.code, wait.waiting_for.support.aadsts) == ("not_known_yet", 7000215)
    assert wait.next_try is not None


def test_what_is_withdrawn_is_shredded_and_its_link_connects_another(
    validator: Validator, directory: Directory, contoso: str
) -> None:
    app = an_app(directory, "Tenantlink access")
    with validator.running():
        submission = validator.submit(app, contoso)
        _, proven = heard_until_answer(validator)
        assert isinstance(proven, DeviceAuthenticated)
        validator.publish(
            an_event(CredentialsWithdrawn, submission_id=submission, revision=proven.revision)
        )
        eventually(lambda: str(proven.credential_id) not in validator.everything(), seconds=60)
        validator.submit(app, contoso)
        _, another = heard_until_answer(validator)
        assert isinstance(another, DeviceAuthenticated)
        assert another.revision == 2


def test_the_end_of_a_services_secret_is_told_until_the_service_is_closed(
    validator: Validator, directory: Directory
) -> None:
    fabrikam = directory.tenant[1]
    with validator.running():
        validator.submit(fabrikam.app[0], str(fabrikam.id))
        _, proven = heard_until_answer(validator)
        assert isinstance(proven, DeviceAuthenticated)
        assert validator.jobs() == 0
        validator.publish(an_event(ServiceCreated))
        expiring = validator.hear()
        assert isinstance(expiring, ClientSecretExpiring)
        assert (expiring.revision, expiring.threshold) == (1, 30)
        assert expiring.expires_at == proven.verdict.secret.expires_at
        eventually(lambda: validator.jobs() == 1, seconds=60, what="a timer")
    with validator.running():
        eventually(lambda: _counts_secrets(validator), seconds=60, what="the gauge of secrets")
        validator.publish(an_event(ServiceClosed))
        eventually(lambda: validator.jobs() == 0, seconds=60, what="no timer")
        assert str(proven.credential_id) not in validator.everything()


def _counts_secrets(validator: Validator) -> bool:
    try:
        counted = metrics_of(validator)
    except requests.ConnectionError:
        return False
    return counted.get('tenantlink_client_secrets{ends_within="30d"}') == 1


def test_a_renewal_takes_the_place_of_the_old_secret_when_it_is_proven(
    validator: Validator, directory: Directory, contoso: str
) -> None:
    app = an_app(directory, "Secret ends tomorrow")
    with validator.running():
        validator.submit(app, contoso)
        _, first = heard_until_answer(validator)
        validator.publish(an_event(ServiceCreated))
        assert isinstance(validator.hear(), ClientSecretExpiring)
        validator.submit(app, contoso, secret=app.secrets[1].value, round=2)
        _, second = heard_until_answer(validator)
        assert (first.revision, second.revision) == (1, 2)
        kept = validator.everything()
        assert str(first.credential_id) not in kept
        assert str(second.credential_id) in kept
        validator.publish(an_event(TenantValidationRequested, run=1, revision=1))
        validator.publish(an_event(TenantValidationRequested, run=2, revision=2))
        answers = [heard_until_answer(validator)[1]]
        if answers[0].run == 1:
            assert isinstance(answers[0], TenantValidationFailed)
            answers.append(heard_until_answer(validator)[1])
        assert isinstance(answers[-1], TenantValidated)
        assert answers[-1].run == 2
