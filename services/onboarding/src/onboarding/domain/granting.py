"""Which permissions are to be granted to which application, so that pages can show scripts for it.

A verdict says it in fields. A problem names the permissions in its title, and the application in
the link to the page of Microsoft Entra where they are granted.
"""

import re
from uuid import UUID

from tenantlink_contracts.granting import GrantScripts, grant_scripts
from tenantlink_contracts.values import Problem, Verdict

_MISSING = "permissions_missing"
_PERMISSION = re.compile(r"\b[A-Za-z]+(?:\.[A-Za-z]+)+\b", re.ASCII)
_APPLICATION = re.compile(r"/appId/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b", re.ASCII)


def scripts_for(told: Verdict | Problem) -> GrantScripts | None:
    """None where nothing is missing, or where it is not said what or to whom."""
    if isinstance(told, Verdict):
        return grant_scripts(told.application.client_id, told.permissions.missing)
    application = _APPLICATION.search(told.link or "")
    if told.code != _MISSING or application is None:
        return None
    return grant_scripts(UUID(application[1]), _PERMISSION.findall(told.title))
