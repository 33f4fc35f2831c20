"""Why a registration was refused: by Microsoft's number, else by its word, always with a remedy."""

from dataclasses import replace
from uuid import UUID

import pytest

from credential_validator.domain import problems
from credential_validator.domain.aadsts import BY_NUMBER as TABLE
from credential_validator.domain.aadsts import explain, may_be_new
from credential_validator.domain.clouds import CLOUDS
from credential_validator.domain.links import with_link
from credential_validator.domain.problems import Kind, not_known_yet, permissions_missing
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
    "api_not_available": [500011, 650052, 650054, 650057],
    "consent_missing": [65001, 650056],
    "our_mistake": [70011, 28002, 1002012],
    "refused": [50034],
    "blocked_by_policy": [*range(53000, 53012), 530032, 530035],
    "microsoft_busy": [90006, 90024, 90033, 90055, 90090],
}
BY_NUMBER = [(number, code) for code, numbers in DOCUMENTED.items() for number in numbers]


def explained(*numbers: int, error: str = "") -> str:
    return explain(list(numbers), error, Support()).code


@pytest.mark.parametrize(("number", "code"), BY_NUMBER)
def test_a_documented_number_is_explained(number: int, code: str) -> None:
    assert explained(number) == code


def test_the_table_holds_every_documented_number_and_no_other() -> None:
    assert sorted(TABLE) == sorted(number for number, _ in BY_NUMBER)


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
def test_an_answer_without_a_number_is_explained_by_the_oauth_error(error: str, code: str) -> None:
    assert explained(error=error) == code


@pytest.mark.parametrize(
    ("error", "field"),
    [("invalid_client", "secret"), ("unauthorized_client", "client_id"), ("a new word", None)],
)
def test_an_unknown_number_is_not_guessed_at_but_named_with_the_field_that_is_likely(
    error: str, field: str | None
) -> None:
    problem = explain([UNKNOWN], error, Support(aadsts=UNKNOWN))
    assert (problem.code, problem.field) == ("refused", field)
    assert "AADSTS4711" in problem.cause
    assert not problem.passing


def test_an_unknown_number_that_says_it_passes_is_waited_for() -> None:
    assert explained(UNKNOWN, error="temporarily_unavailable") == "microsoft_busy"


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


def test_what_may_be_new_is_told_as_waiting_with_the_way_to_mend_it_all_the_same() -> None:
    wrong = problems.SECRET_WRONG.problem(Support(aadsts=7000215))
    waiting = not_known_yet(wrong)
    assert (waiting.title, waiting.passing) == ("Waiting for Microsoft", True)
    assert (waiting.field, waiting.support) == (wrong.field, wrong.support)
    assert wrong.title in waiting.cause
    assert wrong.remedy in waiting.remedy


def test_only_what_microsoft_learns_in_turn_may_be_new() -> None:
    new = {each.code for each in KINDS if may_be_new(each.problem())}
    assert new == {
        "secret_wrong",
        "secret_expired",
        "app_not_found",
        "no_service_principal",
        "tenant_not_found",
    }


@pytest.mark.parametrize("names", [["User.Read.All"], ["User.Read.All", "Domain.Read.All"]])
def test_missing_permissions_are_named_where_people_look(names: list[str]) -> None:
    kind = permissions_missing(names)
    for text in (kind.title, kind.cause, kind.remedy):
        assert all(name in text for name in names)


def test_a_problem_leads_to_the_page_of_this_application_in_the_admin_center_of_its_cloud() -> None:
    client_id, cloud = UUID(int=5), CLOUDS["us_government"]
    problem = problems.SECRET_EXPIRED.problem()
    link = with_link(problem, cloud.portal, cloud.authority, client_id).link
    assert link is not None
    assert link.startswith("https://entra.microsoft.us/#view/")
    assert link.endswith(f"/Credentials/appId/{client_id}")


def test_what_has_no_page_leads_to_microsofts_words_about_the_number() -> None:
    cloud = CLOUDS["global"]
    unknown = problems.UNEXPECTED.problem(Support(aadsts=UNKNOWN))
    linked = with_link(unknown, cloud.portal, cloud.authority, UUID(int=5))
    assert linked.link == "https://login.microsoftonline.com/error?code=4711"
    assert with_link(problems.MICROSOFT_BUSY.problem(), "", "", UUID(int=5)).link is None
