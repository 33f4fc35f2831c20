"""What somebody has typed about a customer's mails: who is told, and of what not."""

import re
from collections.abc import Callable, Sequence

from onboarding.domain.breach import Breach, quoted
from onboarding.domain.registers import NoticeSettings
from tenantlink_contracts.onboarding import NoticeKind

MAX_ADDRESSES = 20
_SHOWN = 5

# In the order of the procedure. That a link was handed over by hand is always told.
KINDS = {
    NoticeKind.UNDELIVERABLE: "To operators: an invitation cannot be delivered",
    NoticeKind.EXPIRED: "To operators: an invitation has expired",
    NoticeKind.FORWARDING: "To operators: somebody with the link asks for another one",
    NoticeKind.AUTHENTICATED: "To operators: the administrator has authenticated",
    NoticeKind.STUCK: "To operators: an order has waited too long",
    NoticeKind.WAITING: "To operators: an order waits for them",
    NoticeKind.CREATION_FAILED: "To operators: the service could not be created",
    NoticeKind.ATTENTION: "To operators: a service needs attention",
    NoticeKind.RECEIPT: "To administrators: what was stored",
    NoticeKind.PROBLEM: "To administrators: the registration was not accepted after all",
    NoticeKind.SERVICE_CREATED: "To both: the service has been created",
}


def parse(
    operators: str,
    administrators: str,
    orderer: bool,
    muted: Sequence[str],
    is_address: Callable[[str], bool],
) -> NoticeSettings | tuple[Breach, ...]:
    """The settings, or every broken rule. Addresses are separated by blanks, commas or lines."""
    found = {"operators": _split(operators), "administrators": _split(administrators)}
    breaches = [
        breach
        for name, addresses in found.items()
        for breach in _address_breaches(name, addresses, is_address)
    ]
    unknown = [each for each in muted if each not in set(KINDS)]
    if unknown:
        message = f"There is no mail {quoted(unknown[0])} that can be left out."
        breaches.append(Breach("muted", "notice_unknown", message))
    if breaches:
        return tuple(breaches)
    kinds = tuple(kind for kind in KINDS if kind in muted)
    return NoticeSettings(found["operators"], found["administrators"], orderer, kinds)


def _split(text: str) -> tuple[str, ...]:
    """Each address once."""
    return tuple(dict.fromkeys(each for each in re.split(r"[\s,;]+", text) if each))


def _address_breaches(
    name: str, addresses: tuple[str, ...], is_address: Callable[[str], bool]
) -> list[Breach]:
    if len(addresses) > MAX_ADDRESSES:
        return [Breach(name, "addresses_count", f"At most {MAX_ADDRESSES} addresses.")]
    wrong = [each for each in addresses if not is_address(each)]
    return [
        Breach(name, "address_invalid", f"{quoted(each)} is no email address.")
        for each in wrong[:_SHOWN]
    ]
