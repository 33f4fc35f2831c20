"""A customer of the service provider, and the rules that one keeps."""

import re
import unicodedata
from dataclasses import dataclass, field
from uuid import UUID

from onboarding.domain.breach import Breach, is_visible, quoted
from onboarding.domain.registers import NoticeSettings

MAX_NAME = 200
MAX_EXTERNAL_ID = 100
MAX_DOMAINS = 50
MAX_DOMAIN = 253
_LABEL = "[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_DOMAIN = re.compile(rf"({_LABEL}\.)+(?![0-9]+$){_LABEL}")


UNKNOWN = Breach(
    "external_id", "customer_unknown", "You can order for no customer with this number."
)


@dataclass(frozen=True, slots=True)
class Customer:
    """`external_id` is the provider's own number of the customer; it never changes."""

    id: UUID
    external_id: str
    name: str
    domains: tuple[str, ...] = ()
    notices: NoticeSettings = field(default_factory=NoticeSettings)


def parse(
    customer_id: UUID, name: str, external_id: str, domains: str
) -> Customer | tuple[Breach, ...]:
    """The customer that somebody has typed, or every broken rule."""
    breaches = (*_name(name), *_external_id(external_id.strip()), *_domains(domains_in(domains)))
    if breaches:
        return breaches
    name = " ".join(name.split())
    number = external_id.strip() or external_id_for(name, customer_id)
    return Customer(customer_id, number, name, domains_in(domains))


def number_breaches(external_id: str) -> tuple[Breach, ...]:
    """What is wrong with a number by which a customer is to be found or created."""
    if not external_id:
        message = "Give the provider's number of the customer."
        return (Breach("external_id", "external_id_missing", message),)
    return tuple(_external_id(external_id))


def external_id_for(name: str, customer_id: UUID) -> str:
    """A readable number where the provider has given none; made from the id where the name has
    no letter that every system can write."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    readable = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
    return readable or f"customer-{customer_id.hex[-8:]}"


def domains_in(text: str) -> tuple[str, ...]:
    """The domains somebody has typed, separated by blanks, commas or lines; each once."""
    return tuple(dict.fromkeys(each.lower() for each in re.split(r"[\s,;]+", text) if each))


def taken(external_id: str) -> Breach:
    """The breach for a number that another customer has."""
    message = f"Another customer has the number '{external_id}'. Enter another one."
    return Breach("external_id", "external_id_taken", message)


def _name(name: str) -> list[Breach]:
    if not name.strip():
        return [Breach("name", "name_missing", "Enter the customer's name.")]
    found = []
    if len(name.strip()) > MAX_NAME:
        message = f"It can have at most {MAX_NAME} characters."
        found.append(Breach("name", "name_length", message))
    if not is_visible(name):
        message = "It cannot contain line breaks, tabs or other characters that nobody sees."
        found.append(Breach("name", "name_character", message))
    return found


def _external_id(external_id: str) -> list[Breach]:
    if len(external_id) > MAX_EXTERNAL_ID:
        message = f"It can have at most {MAX_EXTERNAL_ID} characters."
        return [Breach("external_id", "external_id_length", message)]
    if not re.fullmatch(r"[!-~]*", external_id):
        message = "Only letters A to Z, numbers and special characters, without blanks."
        return [Breach("external_id", "external_id_character", message)]
    return []


def _domains(domains: tuple[str, ...]) -> list[Breach]:
    if len(domains) > MAX_DOMAINS:
        message = f"At most {MAX_DOMAINS} domains."
        return [Breach("domains", "domains_count", message)]
    wrong = [each for each in domains if len(each) > MAX_DOMAIN or not _DOMAIN.fullmatch(each)]
    return [
        Breach("domains", "domain_invalid", f"{quoted(each)} is no domain such as contoso.com.")
        for each in wrong[:5]
    ]
