"""Why a registration was not accepted, in words for the person who has to mend it.

Microsoft's numbers (AADSTS) are diagnostics and may change, so an unknown number falls back on
the OAuth error, and the number is always shown. Source: Microsoft's reference of error codes.
"""

from dataclasses import dataclass
from typing import Literal

from tenantlink_contracts.values import Problem, Support

Field = Literal["tenant", "client_id", "secret"]
_SECRETS = "Microsoft Entra admin center > App registrations > your app > Certificates & secrets"
_OVERVIEW = "Microsoft Entra admin center > App registrations > your app > Overview"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of problem, before it has happened to somebody."""

    code: str
    title: str
    cause: str
    remedy: str
    field: Field | None = None
    passing: bool = False

    def problem(self, support: Support | None = None) -> Problem:
        """This problem, with what support will ask for."""
        return Problem(
            code=self.code,
            title=self.title,
            cause=self.cause,
            remedy=self.remedy,
            field=self.field,
            passing=self.passing,
            support=support or Support(),
        )


SECRET_WRONG = Kind(
    "secret_wrong",
    "The client secret is not right",
    "Microsoft Entra knows the application, but not this secret. Often the Secret ID was copied "
    "instead of the Value, or the secret was made less than a minute ago.",
    f"Open {_SECRETS}. The Value is shown only right after a secret is made: make a new client "
    "secret, copy its Value (not its Secret ID), and enter it here.",
    "secret",
)
SECRET_ID_PASTED = Kind(
    "secret_id_pasted",
    "This is the Secret ID, not the secret",
    "What you entered has the form of an id. Entra shows two columns for a client secret: the "
    "Secret ID and the Value. The Value is the secret.",
    f"Open {_SECRETS} and copy the Value. If it is hidden already, make a new client secret.",
    "secret",
)
SECRET_EXPIRED = Kind(
    "secret_expired",
    "The client secret has expired",
    "Microsoft Entra knows this secret, but its end date has passed.",
    f"Open {_SECRETS}, make a new client secret, and enter its Value here.",
    "secret",
)
SECRET_MISSING = Kind(
    "secret_missing",
    "The client secret did not arrive",
    "Microsoft Entra was asked without a secret.",
    "Enter the client secret again.",
    "secret",
)
ALREADY_CONNECTED = Kind(
    "already_connected",
    "Your tenant was connected already",
    "Somebody has entered another registration with the same link, which was accepted first.",
    "There is nothing left to do. If the other registration is not the right one, tell the person "
    "named in the mail.",
)
APP_NOT_FOUND = Kind(
    "app_not_found",
    "The application is not in this tenant",
    "Microsoft Entra knows the tenant, but no application with this client id in it.",
    f"Open {_OVERVIEW} and copy both the Application (client) ID and the Directory (tenant) ID "
    "from the same page.",
    "client_id",
)
NO_SERVICE_PRINCIPAL = Kind(
    "no_service_principal",
    "The application is not set up in this tenant",
    "The registration exists, but the tenant has no service principal (enterprise application) "
    "for it.",
    "Open Microsoft Entra admin center > App registrations > your app > API permissions and "
    "choose 'Grant admin consent', or run: az ad sp create --id <client id>",
    "client_id",
)
APP_DISABLED = Kind(
    "app_disabled",
    "The application is switched off",
    "Microsoft Entra knows the application, but signing in with it is disabled.",
    "Open Microsoft Entra admin center > Enterprise applications > your app > Properties and set "
    "'Enabled for users to sign-in?' to Yes.",
    "client_id",
)
APP_PUBLIC = Kind(
    "app_public",
    "The application cannot use a secret",
    "The registration is a public client (for phones or desktops).",
    "Use a registration of the type Web, or make a new one with a client secret.",
    "client_id",
)
TENANT_NOT_FOUND = Kind(
    "tenant_not_found",
    "The tenant does not exist",
    "Microsoft Entra knows no tenant with this id in this cloud.",
    f"Open {_OVERVIEW} and copy the Directory (tenant) ID.",
    "tenant",
)
TENANT_MALFORMED = Kind(
    "tenant_malformed",
    "The tenant id has the wrong form",
    "It has to be an id like 11111111-2222-3333-4444-555555555555 or a domain of the tenant.",
    f"Open {_OVERVIEW} and copy the Directory (tenant) ID.",
    "tenant",
)
TENANT_OTHER_CLOUD = Kind(
    "tenant_other_cloud",
    "The tenant lives in another Microsoft cloud",
    "Microsoft Entra says that this tenant belongs to another national cloud.",
    "Ask your service provider which clouds are supported.",
    "tenant",
)
TENANT_DIFFERS = Kind(
    "tenant_differs",
    "The credentials belong to another tenant",
    "Microsoft Graph names another tenant than the one that was entered.",
    f"Open {_OVERVIEW} and copy both the Application (client) ID and the Directory (tenant) ID "
    "from the same page.",
    "tenant",
)
BLOCKED_BY_POLICY = Kind(
    "blocked_by_policy",
    "A policy of your tenant blocks us",
    "The secret is right, but a Conditional Access policy for workload identities refuses our "
    "network addresses.",
    "Ask your service provider for its addresses and allow them in the policy, or exclude this "
    "application from it.",
)
CONSENT_MISSING = Kind(
    "consent_missing",
    "Admin consent is missing",
    "The application's permissions have not been granted for this tenant.",
    "Open Microsoft Entra admin center > App registrations > your app > API permissions and "
    "choose 'Grant admin consent'.",
)
ORGANISATION_NOT_READABLE = Kind(
    "permission_missing",
    "The permission Organization.Read.All is missing",
    "The secret is right, but the application may not read the name and the domains of your "
    "tenant.",
    "Open Microsoft Entra admin center > App registrations > your app > API permissions, add the "
    "application permission Organization.Read.All of Microsoft Graph, and choose 'Grant admin "
    "consent'.",
    "client_id",
)
SUBMISSION_DAMAGED = Kind(
    "submission_damaged",
    "What you entered did not arrive whole",
    "The secret could not be opened.",
    "Enter the three values again.",
    "secret",
)
CREDENTIAL_GONE = Kind(
    "credential_gone",
    "These credentials are not here",
    "They have been replaced by newer ones, or were never accepted.",
    "Validate again; it is the newest credentials that are used then.",
)
MICROSOFT_BUSY = Kind(
    "microsoft_busy",
    "Microsoft asks us to wait",
    "Microsoft Entra does not take this request at the moment.",
    "You need to do nothing; we try again.",
    passing=True,
)
MICROSOFT_UNREACHABLE = Kind(
    "microsoft_unreachable",
    "Microsoft cannot be reached",
    "Microsoft Entra or Microsoft Graph did not answer.",
    "You need to do nothing; we try again.",
    passing=True,
)
UNEXPECTED = Kind(
    "refused",
    "Microsoft Entra refused",
    "The reason is none of those we can explain.",
    "Look the number up at https://login.microsoftonline.com/error, or send it to your service "
    "provider with the correlation id.",
)

_BY_NUMBER: dict[int, Kind] = {
    7000215: SECRET_WRONG, 70002: SECRET_WRONG,
    7000222: SECRET_EXPIRED,
    7000216: SECRET_MISSING, 7000218: SECRET_MISSING, 900144: SECRET_MISSING,
    700016: APP_NOT_FOUND, 700011: APP_NOT_FOUND, 70001: APP_NOT_FOUND,
    7000229: NO_SERVICE_PRINCIPAL,
    7000112: APP_DISABLED,
    700025: APP_PUBLIC,
    90002: TENANT_NOT_FOUND,
    900023: TENANT_MALFORMED, 90019: TENANT_MALFORMED, 90013: TENANT_MALFORMED,
    9002313: TENANT_MALFORMED,
    90038: TENANT_OTHER_CLOUD, 900382: TENANT_OTHER_CLOUD, 900432: TENANT_OTHER_CLOUD,
    53003: BLOCKED_BY_POLICY, 530032: BLOCKED_BY_POLICY, 530035: BLOCKED_BY_POLICY,
    **dict.fromkeys(range(53000, 53012), BLOCKED_BY_POLICY),
    65001: CONSENT_MISSING, 650056: CONSENT_MISSING,
    90006: MICROSOFT_BUSY, 90024: MICROSOFT_BUSY, 90033: MICROSOFT_BUSY, 90055: MICROSOFT_BUSY,
    90090: MICROSOFT_BUSY,
}  # fmt: skip
_BY_ERROR: dict[str, Kind] = {
    "invalid_client": SECRET_WRONG,
    "unauthorized_client": APP_NOT_FOUND,
    "invalid_tenant": TENANT_NOT_FOUND,
    "temporarily_unavailable": MICROSOFT_BUSY,
    "access_denied": BLOCKED_BY_POLICY,
}


def explain(numbers: list[int], error: str, support: Support) -> Problem:
    """The problem behind Entra's answer: by its number, else by its OAuth error."""
    known = next((_BY_NUMBER[number] for number in numbers if number in _BY_NUMBER), None)
    return (known or _BY_ERROR.get(error, UNEXPECTED)).problem(support)
