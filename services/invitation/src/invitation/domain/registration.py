"""What somebody types into the wizard, and what is wrong with it before anybody is asked."""

import re
from dataclasses import dataclass
from uuid import UUID

_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}", re.I)
MAX_SECRET = 500


@dataclass(frozen=True, slots=True)
class Registration:
    """The three values, in their right form. repr hides the secret."""

    tenant: str
    client_id: UUID
    secret: str

    def __repr__(self) -> str:
        return f"Registration(tenant={self.tenant!r}, client_id={self.client_id}, secret=***)"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field, for the person at it."""

    field: str
    message: str


def parse(tenant: str, client_id: str, secret: str) -> Registration | tuple[Fault, ...]:
    """The registration, or every fault at once. White space round a value is no fault."""
    tenant, client_id, secret = tenant.strip(), client_id.strip(), secret.strip()
    found = (
        ("tenant", _tenant_fault(tenant)),
        ("client_id", _client_fault(client_id)),
        ("secret", _secret_fault(secret)),
    )
    faults = tuple(Fault(field, message) for field, message in found if message)
    return faults or Registration(tenant.lower(), UUID(client_id), secret)


def _tenant_fault(text: str) -> str | None:
    if not text:
        return "Enter the Directory (tenant) ID of your Microsoft 365 tenant."
    if _GUID.fullmatch(text) or _DOMAIN.fullmatch(text):
        return None
    return (
        "This is no tenant id. It looks like 11111111-2222-3333-4444-555555555555; "
        "a domain of the tenant, such as contoso.onmicrosoft.com, works too."
    )


def _client_fault(text: str) -> str | None:
    if not text:
        return "Enter the Application (client) ID of your app registration."
    if _GUID.fullmatch(text):
        return None
    return "This is no application id. It looks like 11111111-2222-3333-4444-555555555555."


def _secret_fault(text: str) -> str | None:
    if not text:
        return "Enter the Value of a client secret of your app registration."
    if _GUID.fullmatch(text):
        return (
            "This is the Secret ID, not the secret. Entra shows two columns for a client secret; "
            "copy the one named Value. If it is hidden already, make a new client secret."
        )
    if len(text) > MAX_SECRET or not text.isprintable() or " " in text:
        return "This is no client secret: it has no blanks, and at most 500 characters."
    return None
