"""Why a registration was not accepted, in words for the person who has to mend it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from tenantlink_contracts.values import Problem, Support

Field = Literal["tenant", "client_id", "secret"]
_SECRETS = "Microsoft Entra admin center > App registrations > your app > Certificates & secrets"
_OVERVIEW = "Microsoft Entra admin center > App registrations > your app > Overview"
_PERMISSIONS = "Microsoft Entra admin center > App registrations > your app > API permissions"


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
    "instead of the Value, or a character was lost in copying.",
    f"Open {_SECRETS}. The Value is shown only right after a secret is made: make a new client "
    "secret, copy its Value (not its Secret ID), and enter it here. If you made it less than a "
    "minute ago, try again in a minute.",
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
    "Microsoft Entra knows the tenant, but no application with this client id that may be used "
    "in it.",
    f"Open {_OVERVIEW} and copy both the Application (client) ID and the Directory (tenant) ID "
    "from the same page.",
    "client_id",
)
NO_SERVICE_PRINCIPAL = Kind(
    "no_service_principal",
    "The application is not set up in this tenant",
    "The registration exists, but the tenant has no service principal (enterprise application) "
    "for it.",
    f"Open {_PERMISSIONS} and choose 'Grant admin consent', or run: az ad sp create --id "
    "<client id>",
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
TENANT_UNEXPECTED = Kind(
    "tenant_unexpected",
    "This is not the tenant that is to be connected",
    "Your service provider expects the registration to be in another tenant.",
    "Use a registration of the tenant that was ordered, or ask your service provider to correct "
    "the order.",
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
API_NOT_AVAILABLE = Kind(
    "api_not_available",
    "Microsoft Graph is not available in this tenant",
    "The tenant has no subscription or no service principal for the API that the application is "
    "to use.",
    f"Open {_PERMISSIONS}, add the permissions of Microsoft Graph, and choose 'Grant admin "
    "consent'. If that is refused, ask Microsoft whether your licences include the service.",
)
CONSENT_MISSING = Kind(
    "consent_missing",
    "Admin consent is missing",
    "The application's permissions have not been granted for this tenant.",
    f"Open {_PERMISSIONS} and choose 'Grant admin consent'. It takes effect after a few minutes.",
)
PERMISSIONS_MISSING = Kind(
    "permissions_missing",
    "A permission is missing",
    "The secret is right, but the application may not do all that is needed.",
    f"Open {_PERMISSIONS}, add the application permissions of Microsoft Graph that are named, and "
    "choose 'Grant admin consent'.",
    "client_id",
)
OUR_MISTAKE = Kind(
    "our_mistake",
    "We have asked Microsoft in a wrong way",
    "Microsoft Entra did not understand the question. This is no mistake of yours.",
    "Send the number and the correlation id to your service provider.",
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
    "Microsoft Entra gave a reason that we cannot explain.",
    "Look up what Microsoft says about it, or send the number and the correlation id to your "
    "service provider.",
)


def permissions_missing(names: Sequence[str]) -> Kind:
    """The problem with the names of the required permissions that were not granted."""
    listed = " and ".join(names)
    title = f"The permission {listed} is missing"
    if len(names) > 1:
        title = f"The permissions {listed} are missing"
    return replace(
        PERMISSIONS_MISSING,
        title=title,
        cause=f"The secret is right, but the application may not do all that is needed: {listed} "
        "was not granted. A consent that was given a moment ago takes effect after a few minutes.",
        remedy=f"Open {_PERMISSIONS}, add the application permission {listed} of Microsoft Graph, "
        "and choose 'Grant admin consent'.",
    )


def not_known_yet(problem: Problem) -> Problem:
    """While what may be new is tried again: what Microsoft says, and that it may pass.

    It says already what to mend, because it may be a mistake as well.
    """
    return problem.model_copy(
        update={
            "code": "not_known_yet",
            "title": "Waiting for Microsoft",
            "cause": f"Microsoft says for now: {problem.title}. A new secret, application or "
            "tenant takes up to half a minute until all of Microsoft's servers know it.",
            "remedy": "If it is new you need to do nothing; we try again. If it is not: "
            f"{problem.remedy}",
            "passing": True,
        }
    )
