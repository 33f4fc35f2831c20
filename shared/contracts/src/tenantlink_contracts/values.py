"""The parts that several facts share."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field

from tenantlink_contracts.fact import Value

Sealed = Annotated[
    str,
    Field(
        pattern=r"^[\w-]+\.[\w-]*\.[\w-]+\.[\w-]+\.[\w-]+$",
        description="A compact JWE to the public key of the one service that may read it.",
    ),
]
Positive = Annotated[int, Field(ge=1)]
Natural = Annotated[int, Field(ge=0)]


class License(StrEnum):
    """The license types of the procedure, in its own words."""

    HOSTED_ESSENTIALS_PLUS = "Hosted Essentials+"
    HOSTED_PRO = "Hosted Pro"


class ServiceType(StrEnum):
    """What can be ordered."""

    DIRECT_ROUTING = "Direct Routing"


class Customer(Value):
    """The customer as the orderer knows it."""

    external_id: str
    name: str
    domains: tuple[str, ...] = ()


class InvitationOrder(Value):
    """Whom to send the link to. `valid_days` counts from when the link is issued.

    `language` and `brand` choose the words and the looks of mail and wizard; unknown ones fall back
    to the defaults.
    """

    email: str = Field(max_length=254)
    language: str = "en"
    brand: str = "default"
    valid_days: int = Field(default=14, ge=1, le=60)


class Expected(Value):
    """What is expected of the tenant that somebody connects.

    Another `tenant` is refused. `domains` are the customer's and the recipient's: where the tenant
    has verified none of them, that is a warning and no refusal.
    """

    tenant: UUID | None = None
    domains: tuple[str, ...] = ()


class Tenant(Value):
    """A Microsoft 365 tenant, as Graph's `organization` tells it."""

    id: UUID
    name: str
    domains: tuple[str, ...] = ()


class Application(Value):
    """An app registration; `name` is empty where Graph may not be asked."""

    client_id: UUID
    name: str = ""


class ExpirySource(StrEnum):
    """Where the end of a secret is known from."""

    GRAPH = "graph"
    GRAPH_AMBIGUOUS = "graph_ambiguous"
    DECLARED = "declared"
    UNKNOWN = "unknown"


class SecretInfo(Value):
    """What may be shown of a client secret.

    `hint` is its first three characters (Graph's `passwordCredential.hint`); `expires_at` is the
    earliest possible end where several secrets share the hint; `needs_permission` names what would
    tell the end where it is unknown.
    """

    hint: str = Field(max_length=3)
    expires_at: AwareDatetime | None = None
    expiry_source: ExpirySource = ExpirySource.UNKNOWN
    needs_permission: str | None = None


class Permissions(Value):
    """Graph application permissions of the registration, compared with what is needed."""

    granted: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    excess: tuple[str, ...] = ()


class Support(Value):
    """What Microsoft's or the provider's support will ask for."""

    aadsts: int | None = None
    correlation_id: str | None = None
    trace_id: str | None = None
    time: datetime | None = None


class Problem(Value):
    """Why credentials did not work, for the person who has to mend it.

    `field` names the input to mend; `passing` says whether waiting may help; `link` leads to the
    page of Microsoft Entra where it is mended.
    """

    code: str
    title: str
    cause: str
    remedy: str
    field: Literal["tenant", "client_id", "secret"] | None = None
    passing: bool = False
    link: str | None = None
    support: Support = Support()


class CheckState(StrEnum):
    """How far a single check has come."""

    DONE = "done"
    RUNNING = "running"
    WAITING = "waiting"
    FAILED = "failed"
    OPEN = "open"


class Check(Value):
    """One step of an authentication, in the order in which they are made."""

    name: Literal["sign_in", "tenant", "application", "permissions", "expiry"]
    state: CheckState


class SecretCredential(Value):
    """A client secret, sealed to credential-validator."""

    kind: Literal["secret"] = "secret"
    sealed: Sealed
    declared_expiry: datetime | None = None


class Finding(StrEnum):
    """What is worth knowing of a registration that works."""

    DOMAIN_MISMATCH = "domain_mismatch"
    EXPIRY_UNKNOWN = "expiry_unknown"
    EXPIRES_SOON = "expires_soon"
    PERMISSIONS_EXCESS = "permissions_excess"
    PERMISSIONS_MISSING = "permissions_missing"


class Verdict(Value):
    """What a successful check of credentials found. `warnings` are `Finding`s; newer producers may
    know others."""

    tenant: Tenant
    application: Application
    secret: SecretInfo
    permissions: Permissions
    warnings: tuple[str, ...] = ()
