"""Scripts that make an app registration as it is needed, for administrators who prefer them.

Sources: Microsoft's reference of `az ad app` and of the Microsoft.Graph.Applications module. The
ids are those of Microsoft Graph and of its app roles, the same in every tenant.
"""

from collections.abc import Sequence

from invitation.domain.permissions import Permission

GRAPH = "00000003-0000-0000-c000-000000000000"
NAME = "Tenantlink"


def azure_cli(permissions: Sequence[Permission]) -> str:
    """For `az`, in a Bourne shell or Azure's Cloud Shell."""
    roles = " ".join(f"{each.app_role_id}=Role" for each in permissions)
    return f"""\
app=$(az ad app create --display-name "{NAME}" --query appId -o tsv)
az ad sp create --id "$app" --output none
az ad app permission add --id "$app" --api {GRAPH} \\
  --api-permissions {roles}
sleep 30   # Entra takes a moment until it knows the new application everywhere
az ad app permission admin-consent --id "$app"
secret=$(az ad app credential reset --id "$app" --append \\
  --display-name "{NAME}" --years 1 --query password -o tsv)
echo "Customer Microsoft Tenant ID: $(az account show --query tenantId -o tsv)"
echo "Application (Client) ID:      $app"
echo "Client Secret:                $secret"
"""


def graph_powershell(permissions: Sequence[Permission]) -> str:
    """For PowerShell with the Microsoft Graph SDK."""
    roles = ", ".join(f'"{each.app_role_id}"' for each in permissions)
    return f"""\
Connect-MgGraph -Scopes "Application.ReadWrite.All", "AppRoleAssignment.ReadWrite.All"
$roles = {roles}
$access = @{{ ResourceAppId = "{GRAPH}"
  ResourceAccess = @($roles | ForEach-Object {{ @{{ Id = $_; Type = "Role" }} }}) }}
$app = New-MgApplication -DisplayName "{NAME}" -RequiredResourceAccess $access
$principal = New-MgServicePrincipal -AppId $app.AppId
$graph = Get-MgServicePrincipal -Filter "appId eq '{GRAPH}'"
foreach ($role in $roles) {{
  New-MgServicePrincipalAppRoleAssignment -ServicePrincipalId $principal.Id `
    -PrincipalId $principal.Id -ResourceId $graph.Id -AppRoleId $role | Out-Null
}}
$secret = Add-MgApplicationPassword -ApplicationId $app.Id -PasswordCredential @{{
  DisplayName = "{NAME}"; EndDateTime = (Get-Date).AddYears(1) }}
"Customer Microsoft Tenant ID: $((Get-MgContext).TenantId)"
"Application (Client) ID:      $($app.AppId)"
"Client Secret:                $($secret.SecretText)"
"""
