"""Where in Microsoft Entra's admin center a problem is mended."""

from uuid import UUID

from tenantlink_contracts.values import Problem

_APPLICATION = "#view/Microsoft_AAD_RegisteredApps/ApplicationMenuBlade/~/{page}/appId/{client_id}"
_SECRETS, _OVERVIEW, _PERMISSIONS, _AUTHENTICATION = (
    _APPLICATION.replace("{page}", page)
    for page in ("Credentials", "Overview", "CallAnAPI", "Authentication")
)
_ENTERPRISE = "#view/Microsoft_AAD_IAM/StartboardApplicationsMenuBlade/~/AppAppsPreview"
_REGISTRATIONS = "#view/Microsoft_AAD_RegisteredApps/ApplicationsListBlade"
_POLICIES = "#view/Microsoft_AAD_ConditionalAccess/ConditionalAccessBlade/~/Policies"
_PAGES = {
    "secret_wrong": _SECRETS,
    "secret_id_pasted": _SECRETS,
    "secret_expired": _SECRETS,
    "secret_missing": _SECRETS,
    "app_public": _AUTHENTICATION,
    # An application that is not found has no page of its own.
    "app_not_found": _REGISTRATIONS,
    "no_service_principal": _PERMISSIONS,
    "app_disabled": _ENTERPRISE,
    "tenant_not_found": _REGISTRATIONS,
    "tenant_malformed": _REGISTRATIONS,
    "tenant_differs": _OVERVIEW,
    "api_not_available": _PERMISSIONS,
    "consent_missing": _PERMISSIONS,
    "permissions_missing": _PERMISSIONS,
    "blocked_by_policy": _POLICIES,
}


def with_link(problem: Problem, portal: str, authority: str, client_id: UUID) -> Problem:
    """The page that mends it; where there is none, what Microsoft says about the number."""
    page, number = _PAGES.get(problem.code), problem.support.aadsts
    if page is not None:
        return problem.model_copy(update={"link": f"{portal}/{page.format(client_id=client_id)}"})
    if number is not None:
        return problem.model_copy(update={"link": f"{authority}/error?code={number}"})
    return problem
