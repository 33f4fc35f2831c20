"""Scripts that grant an app registration the Graph permissions that a verdict calls missing.

Names and client id are enough: the scripts ask Microsoft Graph for its own ids. So every service
with pages can show them of `Permissions.missing`, and none has to know the list of permissions.
Sources: Microsoft's reference of `az ad` and of the Microsoft.Graph.Applications module.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

# Microsoft Graph's application id, the same in every tenant and cloud.
GRAPH = "00000003-0000-0000-c000-000000000000"
_NAME = re.compile(r"[A-Za-z]+([.-][A-Za-z]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class GrantScripts:
    """For `az` in a Bourne shell or Azure's Cloud Shell, and for PowerShell with the Graph SDK."""

    azure_cli: str
    graph_powershell: str


def grant_scripts(client_id: UUID, missing: Sequence[str]) -> GrantScripts | None:
    """None where nothing is missing. What has not the form of a permission's name is left out:
    somebody runs this as an administrator."""
    names = [name for name in missing if _NAME.fullmatch(name)]
    if not names:
        return None
    return GrantScripts(_azure_cli(client_id, names), _graph_powershell(client_id, names))


def _azure_cli(client_id: UUID, names: Sequence[str]) -> str:
    return f"""\
app={client_id}
graph={GRAPH}
for name in {" ".join(names)}; do
  role=$(az ad sp show --id "$graph" -o tsv --query \\
    "appRoles[?value=='$name' && contains(allowedMemberTypes, 'Application')].id | [0]")
  az ad app permission add --id "$app" --api "$graph" --api-permissions "$role=Role"
done
sleep 30   # Entra takes a moment until it knows the new permissions everywhere
az ad app permission admin-consent --id "$app"
"""


def _graph_powershell(client_id: UUID, names: Sequence[str]) -> str:
    listed = ", ".join(f'"{name}"' for name in names)
    return f"""\
Connect-MgGraph -Scopes "Application.Read.All", "AppRoleAssignment.ReadWrite.All"
$graph = Get-MgServicePrincipal -Filter "appId eq '{GRAPH}'"
$app = Get-MgServicePrincipal -Filter "appId eq '{client_id}'"
foreach ($name in {listed}) {{
  $role = $graph.AppRoles | Where-Object {{
    $_.Value -eq $name -and $_.AllowedMemberTypes -contains "Application" }}
  New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $app.Id `
    -PrincipalId $app.Id -ResourceId $graph.Id -AppRoleId $role.Id
}}
"""
