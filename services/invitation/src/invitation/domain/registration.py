"""What somebody types into the wizard, and what is wrong with it before anybody is asked."""

import re
from dataclasses import dataclass
from uuid import UUID

# ASCII, because without it the long s and the Kelvin sign pass as letters, ignoring case.
_FLAGS = re.IGNORECASE | re.ASCII
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _FLAGS)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])", _FLAGS)
# Blanks, also those that nobody can see: pages and mails put them round what is copied from them.
_BLANKS = " \t\r\n\f\v\u00a0\u00ad\u2007\u200b\u200c\u200d\u202f\u2060\u3000\ufeff"
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
    tenant, client_id, secret = (each.strip(_BLANKS) for each in (tenant, client_id, secret))
    tenant, client_id = _without_braces(tenant), _without_braces(client_id)
    found = (
        ("tenant", _tenant_fault(tenant)),
        ("client_id", _client_fault(client_id, tenant)),
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
        "This is not a tenant ID. It looks like 11111111-2222-3333-4444-555555555555; "
        "a domain of the tenant, such as contoso.onmicrosoft.com, works too."
    )


def _client_fault(text: str, tenant: str) -> str | None:
    if not text:
        return "Enter the Application (client) ID of your app registration."
    if not _GUID.fullmatch(text):
        return "This is not a client ID. It looks like 11111111-2222-3333-4444-555555555555."
    if text.lower() == tenant.lower():
        return "This is the tenant ID once more. Copy the Application (client) ID beside it."
    return None


def _secret_fault(text: str) -> str | None:
    if not text:
        return "Enter the Value of a client secret of your app registration."
    if _GUID.fullmatch(_without_braces(text)):
        return (
            "This is the Secret ID, not the secret. Entra shows two columns for a client secret; "
            "copy the one named Value. If it is hidden already, make a new client secret."
        )
    if len(text) > MAX_SECRET or not _is_plain(text):
        return (
            "This is not a client secret: one has at most 500 characters, without blanks, "
            "accents or line breaks. Copy the Value again with the button beside it."
        )
    return None


def _without_braces(text: str) -> str:
    """Some tools write an id as {id}."""
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text
