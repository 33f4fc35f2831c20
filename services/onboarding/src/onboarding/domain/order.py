"""The rules of an order, in one place, for whoever orders and on whatever way.

Source of the rules on short name, license and users: the procedure 'Secure Connection using
Existing Registration with Email Link', steps 4 to 7. All breaches are found at once. What only
programs fill in (language, brand, reference, ...) has its rules in `order_options`.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

from onboarding.domain import order_options
from onboarding.domain.breach import Breach, is_visible
from onboarding.domain.order_options import Options, RawOptions
from tenantlink_contracts.values import License, ServiceType

FORBIDDEN = '\\/:*?"<>|'
SHORTEST, LONGEST = 3, 15
MAX_USERS = 500
MAX_FULL_NAME = 200
MAX_EMAIL = 254
DIGITS = len(str(MAX_USERS))


@dataclass(frozen=True, slots=True)
class RawCustomer:
    """The customer as the orderer knows it, by the provider's own number of it."""

    external_id: str
    name: str = ""
    domains: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RawOrder:
    """What somebody typed or sent, as text; blanks around it do not count, but for the name.

    The customer is one that the console knows, or one to be found or created. Without `send_link`
    nobody is invited, and an address is not looked at: the operator types the registration.
    """

    customer: UUID | RawCustomer
    short_name: str
    full_name: str
    license: str
    licensed_users: str
    send_link: bool
    email: str
    service_type: str = ServiceType.DIRECT_ROUTING.value
    options: RawOptions = field(default_factory=RawOptions)


@dataclass(frozen=True, slots=True)
class Order:
    """An order that keeps all rules, but for names that others may have taken.

    `email` is empty where nobody is invited.
    """

    service_type: ServiceType
    short_name: str
    full_name: str
    license: License
    licensed_users: int
    email: str
    options: Options = field(default_factory=Options)


def parse(
    raw: RawOrder, reserved_words: tuple[str, ...], is_address: Callable[[str], bool]
) -> Order | tuple[Breach, ...]:
    """The order, or every broken rule. `is_address` tells whether a text is one mail address."""
    options = order_options.parse(raw.options)
    breaches = (
        *_service_type(raw.service_type),
        *_short_name(raw.short_name, reserved_words),
        *_full_name(raw.full_name),
        *_license(raw.license),
        *_licensed_users(raw.licensed_users.strip()),
        *(_email(raw.email, is_address) if raw.send_link else ()),
        *(() if isinstance(options, Options) else options),
    )
    if breaches or not isinstance(options, Options):
        return breaches
    return Order(
        service_type=ServiceType(raw.service_type),
        short_name=raw.short_name,
        full_name=raw.full_name.strip() or raw.short_name,
        license=License(raw.license),
        licensed_users=int(raw.licensed_users),
        email=raw.email.strip() if raw.send_link else "",
        options=options,
    )


def short_name_key(short_name: str) -> str:
    """Short names are unique ignoring case."""
    return short_name.casefold()


def dns_label(short_name: str) -> str:
    """The label of the service's sub-domain at the provider, derived from the short name."""
    return re.sub(r"[^a-z0-9]+", "-", short_name.lower()).strip("-")


def dns_warning(short_name: str) -> str | None:
    """Where the short name itself is no label, what becomes of it (RFC 1123, section 2.1)."""
    label = dns_label(short_name)
    if not label:
        return "Nothing of this name can stand in a domain name."
    if label != short_name.lower():
        return f"In domain names it becomes '{label}'."
    return None


def taken(code: str) -> Breach:
    """The breach for a name that a living service has; `code` names the rule."""
    messages = {
        "short_name_taken": "Another service has this short name. Choose another one.",
        "dns_label_taken": "Another service's name leads to the same domain name. "
        "Choose one that differs in letters or numbers.",
    }
    return Breach("short_name", code, messages[code])


def _service_type(text: str) -> list[Breach]:
    if text in set(ServiceType):
        return []
    return [Breach("service_type", "service_type_unknown", "It must be Direct Routing.")]


def _short_name(name: str, reserved_words: tuple[str, ...]) -> list[Breach]:
    def breach(code: str, message: str) -> Breach:
        return Breach("short_name", code, message)

    found = []
    if not SHORTEST <= len(name) <= LONGEST:
        found.append(breach("short_name_length", "It must have 3 to 15 characters."))
    forbidden = [each for each in FORBIDDEN if each in name]
    if forbidden:
        found.append(breach("short_name_forbidden", f"These cannot be used: {' '.join(forbidden)}"))
    if "." in name:
        found.append(breach("short_name_dot", "It cannot contain a dot (.)."))
    if any(each.isspace() for each in name):
        found.append(breach("short_name_blank", "It cannot contain blank spaces."))
    if any(not each.isspace() and not "!" <= each <= "~" for each in name):
        found.append(
            breach(
                "short_name_character",
                "Only letters A to Z, numbers and special characters of the keyboard.",
            )
        )
    reserved = [word for word in reserved_words if word and word.casefold() in name.casefold()]
    if reserved:
        found.append(breach("short_name_reserved", f"It cannot contain {_quoted(reserved)}."))
    if not found and not dns_label(name):
        found.append(breach("short_name_no_label", "It needs at least one letter or number."))
    return found


def _quoted(words: list[str]) -> str:
    return " or ".join(f"'{word}'" for word in words)


def _full_name(name: str) -> list[Breach]:
    found = []
    if len(name.strip()) > MAX_FULL_NAME:
        message = "It can have at most 200 characters."
        found.append(Breach("full_name", "full_name_length", message))
    if not is_visible(name):
        message = "It cannot contain line breaks, tabs or other characters that nobody sees."
        found.append(Breach("full_name", "full_name_character", message))
    return found


def _license(text: str) -> list[Breach]:
    if text in set(License):
        return []
    message = "Choose Hosted Essentials+ or Hosted Pro."
    return [Breach("license", "license_unknown", message)]


def _licensed_users(text: str) -> list[Breach]:
    number = int(text) if re.fullmatch(rf"[0-9]{{1,{DIGITS}}}", text) else 0
    if 1 <= number <= MAX_USERS:
        return []
    message = "Enter a number from 1 to 500: that is the most a service can have."
    return [Breach("licensed_users", "licensed_users_range", message)]


def _email(text: str, is_address: Callable[[str], bool]) -> list[Breach]:
    def breach(code: str, message: str) -> list[Breach]:
        return [Breach("email", code, message)]

    email = text.strip()
    if not email:
        return breach("email_missing", "Enter the email address of the tenant service admin.")
    if len(email) > MAX_EMAIL:
        return breach("email_length", "An email address has at most 254 characters.")
    if is_visible(text) and not email.isascii():
        message = "Use the letters A to Z; write a domain that has others in its xn-- form."
        return breach("email_not_ascii", message)
    if not is_visible(text) or not is_address(email):
        return breach("email_invalid", "Enter exactly one email address, such as name@contoso.com.")
    return []
