"""Why a registration was refused: by Microsoft's number, else by its word, always with a remedy."""

from dataclasses import replace

import pytest

from credential_validator.domain import problems
from credential_validator.domain.problems import Kind, explain
from tenantlink_contracts.values import Support

KINDS = [each for each in vars(problems).values() if isinstance(each, Kind)]
UNKNOWN = 4711
# Source: Microsoft's reference of error codes, and what people report of their tenants.
DOCUMENTED = {
    "secret_wrong": [7000215, 70002],
    "secret_expired": [7000222],
    "secret_missing": [7000216, 7000218, 900144],
    "app_public": [700025],
    "app_not_found": [700016, 700011, 70001],
    "no_service_principal": [7000229],
    "app_disabled": [7000112],
    "tenant_not_found": [90002],
    "tenant_malformed": [900023, 90019, 90013, 9002313],
    "tenant_other_cloud": [90038, 900382, 900432],
    "consent_missing": [65001, 650056],
    "blocked_by_policy": [*range(53000, 53012), 530032, 530035],
    "microsoft_busy": [90006, 90024, 90033, 90055, 90090],
}
BY_NUMBER = [(number, code) for code, numbers in DOCUMENTED.items() for number in numbers]


def explained(*numbers: int, error: str = "") -> str:
    return explain(list(numbers), error, Support()).code


@pytest.mark.parametrize(("number", "code"), BY_NUMBER)
def test_a_documented_number_is_explained(number: int, code: str) -> None:
    assert explained(number) == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        ("invalid_client", "secret_wrong"),
        ("unauthorized_client", "app_not_found"),
        ("invalid_tenant", "tenant_not_found"),
        ("temporarily_unavailable", "microsoft_busy"),
        ("access_denied", "blocked_by_policy"),
        ("invalid_request", "refused"),
        ("a word of the future", "refused"),
        ("", "refused"),
    ],
)
def test_an_unknown_number_is_explained_by_the_oauth_error(error: str, code: str) -> None:
    assert explained(UNKNOWN, error=error) == code
    assert explained(error=error) == code


def test_a_known_number_says_more_than_the_oauth_error() -> None:
    assert explained(7000222, error="invalid_client") == "secret_expired"


def test_the_first_known_number_of_several_is_explained() -> None:
    assert explained(UNKNOWN, 700016, 7000215) == "app_not_found"


def test_what_support_asks_for_stays_with_the_problem_also_when_it_is_unknown() -> None:
    support = Support(aadsts=UNKNOWN, correlation_id="the-correlation-id")
    assert explain([UNKNOWN], "", support).support == support


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.code)
def test_every_problem_says_what_it_is_why_and_what_to_do(kind: Kind) -> None:
    problem = kind.problem()
    for text in (problem.code, problem.title, problem.cause, problem.remedy):
        assert text
        assert text == text.strip()
    assert problem.code.isidentifier()
    assert problem.cause.endswith(".")


def test_no_two_problems_share_a_code() -> None:
    codes = [each.code for each in KINDS]
    assert sorted(codes) == sorted(set(codes))


def test_waiting_helps_only_where_microsoft_is_busy_or_away() -> None:
    passing = {each.code for each in KINDS if each.passing}
    assert passing == {"microsoft_busy", "microsoft_unreachable"}
    assert all(each.field is None for each in KINDS if each.passing)


def test_a_problem_that_a_field_caused_names_it() -> None:
    fields = {each.code: each.field for each in KINDS}
    assert fields["secret_wrong"] == fields["secret_id_pasted"] == "secret"
    assert fields["app_not_found"] == "client_id"
    assert fields["tenant_not_found"] == fields["tenant_differs"] == "tenant"
    assert fields["blocked_by_policy"] is None


def test_a_kind_becomes_the_problem_with_its_own_words() -> None:
    kind = replace(problems.SECRET_WRONG, title="Another title")
    assert kind.problem().title == "Another title"
