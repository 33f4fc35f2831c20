"""A problem's own words and link are enough for the scripts, as credential-validator writes them.

Both sides are asked here: where one changes its words alone, the scripts must not get lost.
"""

from uuid import UUID

import pytest

from credential_validator.domain.links import with_link
from credential_validator.domain.problems import SECRET_WRONG, permissions_missing
from onboarding.domain.granting import scripts_for
from tenantlink_contracts.granting import grant_scripts
from tenantlink_contracts.values import Problem

CLIENT = UUID("22222222-2222-4222-8222-222222222222")
PORTAL, AUTHORITY = "https://entra.example", "https://login.example"


def linked(problem: Problem) -> Problem:
    return with_link(problem, PORTAL, AUTHORITY, CLIENT)


@pytest.mark.parametrize(
    "names", [("Organization.Read.All",), ("Organization.Read.All", "Application.Read.All")]
)
def test_the_named_permissions_are_granted_to_the_linked_application(
    names: tuple[str, ...],
) -> None:
    found = scripts_for(linked(permissions_missing(names).problem()))
    assert found is not None
    assert found == grant_scripts(CLIENT, names)


def test_other_problems_and_problems_that_name_no_application_have_no_scripts() -> None:
    assert scripts_for(linked(SECRET_WRONG.problem())) is None
    assert scripts_for(permissions_missing(("Organization.Read.All",)).problem()) is None
