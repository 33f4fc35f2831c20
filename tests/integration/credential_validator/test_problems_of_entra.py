"""Every number that Entra refuses with, through real msal over TLS, ends in its own problem."""

from uuid import UUID

import pytest

from credential_validator.app.ports import Refused, Registration
from credential_validator.app.prove import Prover
from credential_validator.app.wait import wait_for
from credential_validator.domain.aadsts import BY_NUMBER
from credential_validator.domain.checks import Checks
from tenantlink_contracts.values import Verdict
from tenantlink_local.entra.aadsts import KNOWN
from tenantlink_local.entra.directory import App, Directory
from tenantlink_runtime.clock import utc_now
from tests.integration.credential_validator.test_microsoft import entered, refused

CONTOSO, FABRIKAM, LITWARE, WINGTIP = Directory.load().tenant
# Numbers that only a mistake of our own could lead to have no row of their own.
NEVER_ASKED_FOR = {70003, 4711}
PASSING = {"microsoft_busy"}


def app_named(name: str) -> App:
    return next(app for app in CONTOSO.app if app.name == name)


def proved(prover: Prover, name: str) -> Verdict | Refused:
    return prover.prove(entered(app_named(name)), utc_now(), Checks())


def test_the_simulator_plays_every_number_that_the_product_explains() -> None:
    assert set(KNOWN) - NEVER_ASKED_FOR == set(BY_NUMBER)


@pytest.mark.parametrize("number", sorted(KNOWN))
def test_a_refusal_of_entras_is_explained_with_what_support_asks_for(
    prover: Prover, number: int
) -> None:
    app = next(each for each in LITWARE.app if each.error == number)
    answer = refused(prover, Registration(str(LITWARE.id), app.client_id, app.secrets[0].value))
    problem, kind = answer.problem, BY_NUMBER.get(number)
    assert problem.code == (kind.code if kind else "refused")
    assert problem.passing == (problem.code in PASSING)
    assert problem.support.aadsts == number
    for asked in (problem.support.correlation_id, problem.support.trace_id, problem.support.time):
        assert asked is not None
    assert problem.link is not None
    assert problem.link.startswith("https://")
    assert number in BY_NUMBER or f"AADSTS{number}" in problem.cause


def test_a_tenant_of_another_cloud_is_told_as_such(prover: Prover) -> None:
    problem = refused(prover, Registration(str(WINGTIP.id), UUID(int=1), "a-secret")).problem
    assert (problem.code, problem.support.aadsts) == ("tenant_other_cloud", 90038)


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Half an answer", "microsoft_unreachable"),
        ("Half an answer of Graph", "microsoft_unreachable"),
        ("Unavailable", "microsoft_busy"),
        ("Graph is unavailable", "microsoft_busy"),
        ("Graph is throttled until a moment", "microsoft_busy"),
    ],
)
def test_what_is_wrong_with_microsoft_is_a_problem_that_passes(
    prover: Prover, name: str, code: str
) -> None:
    answer = proved(prover, name)
    assert isinstance(answer, Refused)
    assert (answer.problem.code, answer.problem.passing) == (code, True)


@pytest.mark.parametrize(
    ("name", "tries"),
    [
        ("Secret made just now", ["not_known_yet", "not_known_yet", "accepted"]),
        ("Application made just now", ["not_known_yet", "accepted"]),
        ("Throttled until a moment, then right", ["microsoft_busy", "accepted"]),
        ("Unavailable once, then right", ["microsoft_busy", "accepted"]),
    ],
)
def test_what_passes_is_waited_for_and_then_accepted(
    prover: Prover, name: str, tries: list[str]
) -> None:
    seen, now = [], utc_now()
    for _ in tries:
        answer = proved(prover, name)
        if isinstance(answer, Verdict):
            seen.append("accepted")
            continue
        wait = wait_for(answer, now, now, app_named(name).secrets[0].value)
        assert wait is not None
        assert wait.until > now
        seen.append(wait.problem.code)
    assert seen == tries


@pytest.mark.parametrize(
    ("name", "warnings", "days"),
    [
        ("Tenantlink access", (), 180),
        ("Two secrets with one hint", ("permissions_excess",), 30),
        ("May not read applications", ("expiry_unknown", "permissions_missing"), None),
        ("Registered in another tenant", ("expiry_unknown",), None),
        ("Secret of an old tool", (), 45),
        ("Secret ends tomorrow", ("expires_soon",), 1),
        ("May do far too much", ("permissions_excess",), 90),
    ],
)
def test_what_works_is_accepted_with_what_is_worth_knowing(
    prover: Prover, name: str, warnings: tuple[str, ...], days: int | None
) -> None:
    verdict = proved(prover, name)
    assert isinstance(verdict, Verdict)
    assert verdict.warnings == warnings
    ends_at = verdict.secret.expires_at
    assert (ends_at - utc_now()).days == days if ends_at else days is None
