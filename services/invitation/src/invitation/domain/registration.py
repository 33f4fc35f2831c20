"""What somebody types into the wizard, and what is wrong with it before anybody is asked."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from uuid import UUID

# ASCII, because without it the long s and the Kelvin sign pass as letters, ignoring case.
_FLAGS = re.IGNORECASE | re.ASCII
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", _FLAGS)
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"(?=.{{1,253}}\Z)({_LABEL}\.)+[a-z]([a-z0-9-]{{0,61}}[a-z0-9])", _FLAGS)
# Blanks, also those that nobody can see: pages and mails put them round what is copied from them.
_BLANKS = " \t\r\n\f\v\u00a0\u00ad\u2007\u200b\u200c\u200d\u202f\u2060\u3000\ufeff"
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
MAX_SECRET = 500


# What is wrong, for the person at the field. The pages translate these very words.
FAULTS = {
    "tenant_missing": "Enter the Directory (tenant) ID of your Microsoft 365 tenant.",
    "tenant_form": (
        "This is not a tenant ID. It looks like 11111111-2222-3333-4444-555555555555; "
        "a domain of the tenant, such as contoso.onmicrosoft.com, works too."
    ),
    "client_missing": "Enter the Application (client) ID of your app registration.",
    "client_form": ("This is not a client ID. It looks like 11111111-2222-3333-4444-555555555555."),
    "client_is_tenant": (
        "This is the tenant ID once more. Copy the Application (client) ID beside it."
    ),
    "secret_missing": "Enter the Value of a client secret of your app registration.",
    "secret_is_id": (
        "This is the Secret ID, not the secret. Entra shows two columns for a client secret; "
        "copy the one named Value. If it is hidden already, make a new client secret."
    ),
    "secret_form": (
        "This is not a client secret: one has at most 500 characters, without blanks, "
        "accents or line breaks. Copy the Value again with the button beside it."
    ),
    "expiry_form": "This is not a date. Write it as year-month-day, such as 2027-12-31.",
    "expiry_past": (
        "By this date the client secret has ended already. Make a new client secret, or correct "
        "the date."
    ),
}


@dataclass(frozen=True, slots=True)
class Registration:
    """The values of an app registration, in their right form. repr hides the secret."""

    tenant: str
    client_id: UUID
    secret: str
    declared_expiry: datetime | None = None

    def __repr__(self) -> str:
        return f"Registration(tenant={self.tenant!r}, client_id={self.client_id}, secret=***)"


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field: one of `FAULTS`."""

    field: str
    code: str

    @property
    def message(self) -> str:
        """In words, in English."""
        return FAULTS[self.code]


def parse(
    tenant: str, client_id: str, secret: str, expiry: str = "", today: date = date.min
) -> Registration | tuple[Fault, ...]:
    """The registration, or every fault at once. White space round a value is no fault.

    `expiry` is an ISO date or empty, and must not lie before `today`.
    """
    entered = (each.strip(_BLANKS) for each in (tenant, client_id, secret, expiry))
    tenant, client_id, secret, expiry = entered
    tenant, client_id = _without_braces(tenant), _without_braces(client_id)
    found = (
        ("tenant", _tenant_fault(tenant)),
        ("client_id", _client_fault(client_id, tenant)),
        ("secret", _secret_fault(secret)),
        ("expiry", _expiry_fault(expiry, today)),
    )
    faults = tuple(Fault(field, code) for field, code in found if code)
    return faults or Registration(tenant.lower(), UUID(client_id), secret, _declared(expiry))


def _tenant_fault(text: str) -> str | None:
    if not text:
        return "tenant_missing"
    return None if _GUID.fullmatch(text) or _DOMAIN.fullmatch(text) else "tenant_form"


def _client_fault(text: str, tenant: str) -> str | None:
    if not text:
        return "client_missing"
    if not _GUID.fullmatch(text):
        return "client_form"
    return "client_is_tenant" if text.lower() == tenant.lower() else None


def _secret_fault(text: str) -> str | None:
    if not text:
        return "secret_missing"
    if _GUID.fullmatch(_without_braces(text)):
        return "secret_is_id"
    return None if len(text) <= MAX_SECRET and _is_plain(text) else "secret_form"


def _expiry_fault(text: str, today: date) -> str | None:
    if not text:
        return None
    declared = _declared(text)
    if declared is None:
        return "expiry_form"
    return "expiry_past" if declared.date() < today else None


def _declared(text: str) -> datetime | None:
    """The beginning of that day: of what a secret may end at, the earliest."""
    if not _DATE.fullmatch(text):
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        return None


def _without_braces(text: str) -> str:
    """Some tools write an id as {id}."""
    return text[1:-1] if text.startswith("{") and text.endswith("}") else text


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and " " not in text
