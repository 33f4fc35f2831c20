"""The rules of what an order says beyond the form of the procedure; all of it has defaults."""

import re
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from onboarding.domain.breach import Breach, is_visible

MAX_REFERENCE = 100
MAX_REQUESTED_BY = 200
MAX_NOTES = 2000
MAX_VALID_DAYS = 60
Completion = Literal["operator", "automatic"]
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}")
_BRAND = re.compile(r"[a-z0-9][a-z0-9-]{0,62}")
_GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class RawOptions:
    """As text; what is empty gets its default."""

    reference: str = ""
    language: str = ""
    brand: str = ""
    valid_days: str = ""
    completion: str = ""
    expected_tenant: str = ""
    requested_by: str = ""
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Options:
    """Options that keep all rules. `reference` is empty where the orderer has no number for it."""

    reference: str = ""
    language: str = "en"
    brand: str = "default"
    valid_days: int = 14
    completion: Completion = "operator"
    expected_tenant: UUID | None = None
    requested_by: str = ""
    notes: str | None = None


def parse(raw: RawOptions) -> Options | tuple[Breach, ...]:
    """The options, or every broken rule."""
    breaches = (
        *_line("reference", raw.reference, MAX_REFERENCE),
        *_matches("language", raw.language, _LANGUAGE, "a language such as en or de-AT"),
        *_matches(
            "brand", raw.brand, _BRAND, "a brand's name: lower case letters, digits, hyphens"
        ),
        *_valid_days(raw.valid_days.strip()),
        *_completion(raw.completion.strip()),
        *_expected_tenant(raw.expected_tenant.strip().lower()),
        *_line("requested_by", raw.requested_by, MAX_REQUESTED_BY),
        *_notes(raw.notes),
    )
    return breaches or _options(raw)


def _options(raw: RawOptions) -> Options:
    default, tenant = Options(), raw.expected_tenant.strip()
    return Options(
        reference=raw.reference.strip(),
        language=raw.language.strip() or default.language,
        brand=raw.brand.strip() or default.brand,
        valid_days=int(raw.valid_days.strip() or default.valid_days),
        completion="automatic" if raw.completion.strip() == "automatic" else "operator",
        expected_tenant=UUID(tenant) if tenant else None,
        requested_by=raw.requested_by.strip(),
        notes=raw.notes.strip() or None,
    )


def _line(field: str, text: str, longest: int) -> list[Breach]:
    """A text of one line."""
    found = []
    if len(text.strip()) > longest:
        message = f"It can have at most {longest} characters."
        found.append(Breach(field, f"{field}_length", message))
    if not is_visible(text):
        message = "It cannot contain line breaks, tabs or other characters that nobody sees."
        found.append(Breach(field, f"{field}_character", message))
    return found


def _matches(field: str, text: str, pattern: re.Pattern[str], what: str) -> list[Breach]:
    if not text.strip() or pattern.fullmatch(text.strip()):
        return []
    return [Breach(field, f"{field}_invalid", f"It must be {what}.")]


def _valid_days(text: str) -> list[Breach]:
    if not text or (re.fullmatch("[0-9]{1,2}", text) and 1 <= int(text) <= MAX_VALID_DAYS):
        return []
    message = f"A link can be valid for 1 to {MAX_VALID_DAYS} days."
    return [Breach("valid_days", "valid_days_range", message)]


def _completion(text: str) -> list[Breach]:
    if text in ("", "operator", "automatic"):
        return []
    message = "It must be operator (somebody presses Next and Create service) or automatic."
    return [Breach("completion", "completion_unknown", message)]


def _expected_tenant(text: str) -> list[Breach]:
    """The id alone: a name may lead to another tenant tomorrow, and `common` to every one."""
    if not text or (_GUID.fullmatch(text) and UUID(text).int):
        return []
    message = (
        "It must be the tenant's id, a GUID such as 8f9fd3d4-2f0e-4f0c-9c3a-6d1a5e2b7c10. "
        "Neither a domain nor a name such as common is one."
    )
    return [Breach("expected_tenant", "expected_tenant_invalid", message)]


def _notes(text: str) -> list[Breach]:
    found = []
    if len(text.strip()) > MAX_NOTES:
        message = f"They can have at most {MAX_NOTES} characters."
        found.append(Breach("notes", "notes_length", message))
    if not is_visible(re.sub(r"[\r\n\t]", "", text)):
        message = "They cannot contain characters that nobody sees, but for tabs and line breaks."
        found.append(Breach("notes", "notes_character", message))
    return found
