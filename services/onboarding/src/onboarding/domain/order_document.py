"""An order as a JSON object, the same for the API and for events from upstream: shape to text.

What has the wrong type is told beside the rules that the rest breaks. An event may hold fields that
nobody knows here, because newer producers add them; whoever calls the API has misspelt them.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from onboarding.domain.breach import Breach, quoted
from onboarding.domain.order import RawCustomer, RawOrder
from onboarding.domain.order_options import RawOptions

MOST_UNKNOWN = 10
_TYPES: dict[type, str] = {str: "a text", int: "a whole number", dict: "an object", list: "a list"}
_TEXTS = ("reference", "service_type", "short_name", "full_name", "license", "completion")
_OPTIONAL_TEXTS = ("expected_tenant", "requested_by", "notes")
ORDER: dict[str, type] = {
    **dict.fromkeys((*_TEXTS, *_OPTIONAL_TEXTS), str),
    "licensed_users": int,
    "customer": dict,
    "invitation": dict,
}
CUSTOMER: dict[str, type] = {"external_id": str, "name": str, "domains": list}
INVITATION: dict[str, type] = {"email": str, "language": str, "brand": str, "valid_days": int}
# Where the domain's words for a field and the document's place of it differ.
_PLACES = {
    **{name: f"invitation.{name}" for name in INVITATION},
    **{name: f"customer.{name}" for name in CUSTOMER},
    "send_link": "invitation",
}


@dataclass
class _Reader:
    """Reads fields of an object, and remembers what is wrong with them."""

    strict: bool
    breaches: list[Breach] = field(default_factory=list)

    def checked(self, given: Mapping[str, Any], known: dict[str, type], at: str) -> dict[str, Any]:
        """The known fields that are there and have the right type; null counts as not there."""
        found = {}
        for name, kind in known.items():
            value = given.get(name)
            if value is None:
                continue
            if isinstance(value, kind) and not isinstance(value, bool):
                found[name] = value
            else:
                self.wrong(f"{at}{name}", _TYPES[kind])
        if self.strict:
            self._unknown(sorted(given.keys() - known.keys()), known, at)
        return found

    def wrong(self, place: str, wanted: str) -> None:
        """A value of another type than the one that is wanted."""
        self.breaches.append(Breach(place, "wrong_type", f"It must be {wanted}."))

    def texts(self, place: str, values: list[Any]) -> tuple[str, ...]:
        """A list of texts."""
        if all(isinstance(each, str) for each in values):
            return tuple(values)
        self.wrong(place, "a list of texts")
        return ()

    def _unknown(self, unknown: list[str], known: dict[str, type], at: str) -> None:
        for name in unknown[:MOST_UNKNOWN]:
            message = f"There is no field {quoted(at + name)}. Known here: {', '.join(known)}."
            self.breaches.append(Breach(quoted(at + name).strip("'"), "unknown_field", message))


def read(document: Mapping[str, Any], strict: bool) -> tuple[RawOrder, tuple[Breach, ...]]:
    """The order as text, and what is wrong with the document's shape."""
    reader = _Reader(strict)
    given = reader.checked(document, ORDER, "")
    customer = reader.checked(given.get("customer", {}), CUSTOMER, "customer.")
    invitation = reader.checked(given.get("invitation", {}), INVITATION, "invitation.")
    domains = reader.texts("customer.domains", customer.get("domains", []))
    if "invitation" not in document:
        message = "Say whom to invite; null where an operator types the registration."
        reader.breaches.append(Breach("invitation", "invitation_missing", message))
    raw = RawOrder(
        customer=RawCustomer(customer.get("external_id", ""), customer.get("name", ""), domains),
        short_name=given.get("short_name", ""),
        full_name=given.get("full_name", ""),
        license=given.get("license", ""),
        licensed_users=str(given.get("licensed_users", "")),
        send_link="invitation" in given,
        email=invitation.get("email", ""),
        service_type=given.get("service_type", ""),
        options=_options(given, invitation),
    )
    return raw, tuple(reader.breaches)


def _options(given: Mapping[str, Any], invitation: Mapping[str, Any]) -> RawOptions:
    return RawOptions(
        reference=given.get("reference", ""),
        language=invitation.get("language", ""),
        brand=invitation.get("brand", ""),
        valid_days=str(invitation.get("valid_days", "")),
        completion=given.get("completion", ""),
        expected_tenant=given.get("expected_tenant", ""),
        requested_by=given.get("requested_by", ""),
        notes=given.get("notes", ""),
    )


def placed(shape: tuple[Breach, ...], rules: tuple[Breach, ...]) -> tuple[Breach, ...]:
    """All breaches, at their places in the document; where the shape is wrong already, a rule
    about the same field would only confuse."""
    wrong = {breach.field for breach in shape}
    moved = (Breach(_PLACES.get(b.field, b.field), b.code, b.message) for b in rules)
    return (*shape, *(b for b in moved if b.field not in wrong and _parent(b) not in wrong))


def _parent(breach: Breach) -> str:
    return breach.field.rpartition(".")[0] or breach.field
