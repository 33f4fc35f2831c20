"""Mail addresses, as people and settings write them: exactly one, or a reason why not."""

import re
from email.headerregistry import Address

MAX_ADDRESS = 254  # RFC 5321, 4.5.3.1.3, without the angle brackets of a path

# RFC 5321's dot-string and domain. The standard library's parser takes comments and quoted strings
# too, and answers some texts with an AttributeError or an IndexError.
_ATOM = r"[\w!#$%&'*+/=?^`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_ADDRESS = re.compile(rf"{_ATOM}(?:\.{_ATOM})*@{_LABEL}(?:\.{_LABEL})*", re.ASCII)


def one_address(text: str, name: str = "") -> Address:
    """The address, fit for a header and for an envelope; ValueError where it is not exactly one.

    Only ASCII: a server need not know SMTPUTF8 (RFC 6531), and orders take nothing else.
    """
    if len(text) > MAX_ADDRESS:
        raise ValueError(f"it is longer than {MAX_ADDRESS} characters")
    if not _ADDRESS.fullmatch(text):
        raise ValueError("it is not exactly one address, such as name@contoso.com")
    user, _, domain = text.rpartition("@")
    return Address(name, user, domain)


def mailbox(text: str) -> Address:
    """A setting's 'Name <address>'; ValueError where it has not exactly one address."""
    name, _, address = text.rpartition("<")
    return one_address(address.removesuffix(">"), name.strip(' "'))
