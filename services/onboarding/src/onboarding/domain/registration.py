"""The registration that an operator types into the console, and what is wrong with it at sight.

The wizard of invitation has the same rules; services share no code but contracts and runtime.
"""

import re
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from onboarding.domain.breach import Breach

_FLAGS = re.IGNORECASE | re.ASCII
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _FLAGS)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])", _FLAGS)
# Blanks, also those that nobody can see: pages and mails put them round what is copied from them.
_BLANKS = " \t\r\n\f\v\u00a0\u00ad\u2007\u200b\u200c\u200d\u202f\u2060\u3000\ufeff"
MAX_SECRET = 500


@dataclass(frozen=True, slots=True)
class Registration:
    """The values in their right form. repr hides the secret."""

    tenant: str
    client_id: UUID
    secret: str = field(repr=False)
    declared_expiry: date | None = None


def parse(
    tenant: str, client_id: str, secret: str, declared_expiry: str = ""
) -> Registration | tuple[Breach, ...]:
    """The registration, or every broken rule. White space round a value is no fault.

    `declared_expiry` is the day on which the secret ends as the operator knows it, YYYY-MM-DD.
    """
    tenant, client_id, secret = (each.strip(_BLANKS) for each in (tenant, client_id, secret))
    tenant, client_id = _without_braces(tenant), _without_braces(client_id)
    day = _day(declared_expiry.strip())
    found = (
        *_tenant(tenant),
        *_client(client_id, tenant),
        *_secret(secret),
        *([day] if isinstance(day, Breach) else []),
    )
    if found or isinstance(day, Breach):
        return found
    return Registration(tenant.lower(), UUID(client_id), secret, day)


def _tenant(text: str) -> list[Breach]:
    if not text:
        message = "Enter the customer's Directory (tenant) ID."
        return [Breach("tenant", "tenant_missing", message)]
    if _GUID.fullmatch(text) or _DOMAIN.fullmatch(text):
        return []
    message = (
        "This is not a tenant ID. It looks like 11111111-2222-3333-4444-555555555555; "
        "a domain of the tenant, such as contoso.onmicrosoft.com, works too."
    )
    return [Breach("tenant", "tenant_invalid", message)]


def _client(text: str, tenant: str) -> list[Breach]:
    if not text:
        message = "Enter the Application (client) ID of the app registration."
        return [Breach("client_id", "client_id_missing", message)]
    if not _GUID.fullmatch(text):
        message = "This is not a client ID. It looks like 11111111-2222-3333-4444-555555555555."
        return [Breach("client_id", "client_id_invalid", message)]
    if text.lower() == tenant.lower():
        message = "This is the tenant ID once more. Copy the Application (client) ID beside it."
        return [Breach("client_id", "client_id_is_tenant", message)]
    return []


def _secret(text: str) -> list[Breach]:
    if not text:
        message = "Enter the Value of a client secret of the app registration."
        return [Breach("secret", "secret_missing", message)]
    if _GUID.fullmatch(_without_braces(text)):
        message = (
            "This is the Secret ID, not the secret. Entra shows two columns for a client secret; "
            "copy the one named Value."
        )
        return [Breach("secret", "secret_is_id", message)]
    if len(text) > MAX_SECRET or not text.isascii() or not text.isprintable() or " " in text:
        message = (
            "This is not a client secret: one has at most 500 characters, without blanks, "
            "accents or line breaks."
        )
        return [Breach("secret", "secret_invalid", message)]
    return []


def _day(text: str) -> date | Breach | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        message = "Enter a day such as 2027-03-31, or nothing."
        return Breach("declared_expiry", "declared_expiry_invalid", message)


def _without_braces(text: str) -> str:
    """Some tools write an id as {id}."""
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text
