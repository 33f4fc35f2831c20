"""Where a permission is missing, the console shows the scripts that grant it."""

import html
from uuid import UUID

import pytest

from tenantlink_contracts.credential_validator import (
    DeviceAuthenticated,
    DeviceAuthenticationFailed,
)
from tenantlink_contracts.granting import GrantScripts, grant_scripts
from tests.integration.onboarding.conftest import Office
from tests.integration.onboarding.visiting import Visit
from tests.support.events import CLIENT, PROBLEM, VERDICT, an_event

pytestmark = pytest.mark.usefixtures("servers")
OFFERED = "Scripts that grant the missing permissions"


def scripts(name: str) -> GrantScripts:
    found = grant_scripts(UUID(CLIENT), (name,))
    assert found is not None
    return found


def test_a_registration_without_a_permission_is_shown_with_both_scripts(
    office: Office, visit: Visit
) -> None:
    subject, name = office.ordered(), "Application.Read.All"
    permissions = {**VERDICT["permissions"], "missing": [name]}
    verdict = {**VERDICT, "permissions": permissions}
    office.receive(an_event(DeviceAuthenticated, subject=subject, verdict=verdict))
    page = html.unescape(visit().get(f"/onboardings/{subject}/details"))
    assert OFFERED in page
    assert scripts(name).azure_cli in page
    assert scripts(name).graph_powershell in page


def test_a_registration_that_has_all_permissions_has_no_scripts(
    office: Office, visit: Visit
) -> None:
    subject = office.ordered()
    office.receive(an_event(DeviceAuthenticated, subject=subject))
    page = visit().get(f"/onboardings/{subject}/details")
    assert CLIENT in page
    assert OFFERED not in page


def test_a_refusal_for_want_of_a_permission_is_shown_with_both_scripts(
    office: Office, visit: Visit
) -> None:
    subject, name = office.ordered(), "Organization.Read.All"
    problem = {
        **PROBLEM,
        "code": "permissions_missing",
        "title": f"The permission {name} is missing",
        "link": f"https://entra.example/#view/Blade/~/CallAnAPI/appId/{CLIENT}",
    }
    office.receive(an_event(DeviceAuthenticationFailed, subject=subject, problem=problem))
    page = html.unescape(visit().get(f"/onboardings/{subject}/invitation"))
    assert OFFERED in page
    assert scripts(name).azure_cli in page
    assert scripts(name).graph_powershell in page
