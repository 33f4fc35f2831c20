"""Who may log in, and where a login may lead."""

import pytest

from onboarding.domain.operator import Role, Scope, highest_role
from onboarding.entrypoints.login import local_path
from tenantlink_runtime.clock import new_id


@pytest.mark.parametrize(
    ("claims", "role"),
    [
        ([], None),
        (["stranger"], None),
        (["viewer"], Role.VIEWER),
        (["viewer", "Administrator", "other"], Role.ADMINISTRATOR),
    ],
)
def test_the_highest_known_role_counts(claims: list[str], role: Role | None) -> None:
    assert highest_role(claims) is role


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example", "\\\\evil.example", "x"]
)
def test_a_login_never_leads_elsewhere(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"


def test_a_login_leads_back_to_the_wanted_page() -> None:
    assert local_path("/onboardings/1?x=2") == "/onboardings/1?x=2"


def test_a_scope_covers_its_customers_alone() -> None:
    mine, other = new_id(), new_id()
    assert Scope(frozenset({mine})).covers(mine)
    assert not Scope(frozenset({mine})).covers(other)
    assert Scope.everything().covers(other)
